/** Records whose true duplicates are known. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { type Business, type MatchSummary, matchAll, type Prepared, prepare } from '../../domain/matching/index.ts';
import { projectFile } from './processes.ts';

export interface Gold {
  ids: string[];
  businesses: Business[];
  /** `pairKey` of each true pair. */
  pairs: ReadonlySet<string>;
}

const FOLDERS = { fodors_zagats: 'upstream/simulator/data/fodors_zagats', synth_10k: 'test/data/synth_10k' };

export function readGold(name: keyof typeof FOLDERS): Gold {
  const rows = (file: string) =>
    parse(readFileSync(projectFile(`${FOLDERS[name]}/${file}`)), { columns: true }) as Record<string, string>[];
  const records = rows('records.csv');
  return {
    ids: records.map(({ id = '' }) => id),
    businesses: records.map(({ dba, email, phone, address, city, zip }) => ({
      dba: dba || null,
      email: email || null,
      phone: phone || null,
      address: address || null,
      city: city || null,
      zip: zip || null,
    })),
    pairs: new Set(rows('gold.csv').map(({ id1 = '', id2 = '' }) => pairKey(id1, id2))),
  };
}

export function pairKey(one: string, other: string): string {
  return [one, other].sort().join(' ');
}

export interface Found {
  /** `pairKey` to confidence, of every pair that was looked at. */
  confidences: Map<string, number>;
  summary: MatchSummary;
}

/** All candidate pairs of prepared records with their confidence. */
export function findAll(ids: readonly string[], records: readonly Prepared[]): Found {
  const confidences = new Map<string, number>();
  const steps = matchAll(records, { min: 0 });
  for (;;) {
    const step = steps.next();
    if (step.done) return { confidences, summary: step.value };
    for (const { a, b, confidence } of step.value.pairs) {
      confidences.set(pairKey(ids[a] ?? '', ids[b] ?? ''), confidence);
    }
  }
}

export function findInGold({ ids, businesses }: Gold): Found {
  return findAll(
    ids,
    businesses.map((business) => prepare(business, null)),
  );
}

export interface Quality {
  precision: number;
  recall: number;
}

/** Pairwise, over the pairs whose confidence is taken. */
export function qualityOf({ pairs }: Gold, { confidences }: Found, taken: (confidence: number) => boolean): Quality {
  const found = [...confidences].filter(([, confidence]) => taken(confidence));
  const right = found.filter(([key]) => pairs.has(key)).length;
  return { precision: right / found.length, recall: right / pairs.size };
}
