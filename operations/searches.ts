/** What people typed to find something, kept under a number that may stand in an address. */
import { findSearch, keepSearch } from '../db/searches.ts';
import { canonicalJson } from '../domain/canonical.ts';
import type { OperationsDeps } from './deps.ts';

export interface Searches {
  /** @param typed what was typed, by its field. @returns its number; the same one for the same texts of the same person. */
  keep(typed: Readonly<Record<string, string>>, by: string): Promise<number>;
  /** Null when there is none, or it is not kept any more. */
  find(id: number): Promise<Record<string, string> | null>;
}

export function createSearches({ db }: Pick<OperationsDeps, 'db'>): Searches {
  return {
    keep: async (typed, by) => await keepSearch(db, canonicalJson(typed), by),
    async find(id) {
      const value = await findSearch(db, id);
      return value === null ? null : (JSON.parse(value) as Record<string, string>);
    },
  };
}
