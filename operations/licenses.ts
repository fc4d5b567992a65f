/** Licenses: listing them with their numbers, and changes by people. */
import { randomUUID } from 'node:crypto';
import { isoInstant, sqlInstant } from '../db/connect.ts';
import { bumpVersion, readVersion } from '../db/data-versions.ts';
import { databaseCode } from '../db/errors.ts';
import { editLicense } from '../db/license-edits.ts';
import type { LicenseFilter } from '../db/license-filters.ts';
import {
  changesSince,
  countLicenses,
  fewMatches,
  findLicenseByKey,
  findLicenseRow,
  insertLicense,
  isIndexed,
  type LicenseOrder,
  type LicensePlace,
  type LicenseRow,
  listAmong,
  listInOrder,
  lockLicense,
  placeOf,
} from '../db/licenses.ts';
import { findLicenseId } from '../db/lineage.ts';
import { followed, rootsOf } from '../db/redirects.ts';
import { inTransaction } from '../db/retry.ts';
import { canonicalJson } from '../domain/canonical.ts';
import { licenseKeyFor } from '../domain/identity.ts';
import type { LicenseFields } from '../domain/license.ts';
import { apiName, editChanges, newLicense } from '../domain/license-edit.ts';
import type { RecordedField } from '../domain/lineage.ts';
import type { OperationsDeps } from './deps.ts';
import { createPrevention, type Suspect } from './duplicate-prevention.ts';
import { DetailedRefusal, Refusal } from './errors.ts';
import { createLicenseNumbers, type LicenseNumbers } from './license-numbers.ts';
import { type LicenseView, viewOfLicense } from './license-view.ts';
import type { MatchUpkeep } from './match-upkeep.ts';
import { createVersionCache } from './version-cache.ts';

export interface LicenseQuery extends LicenseOrder {
  filter: LicenseFilter;
  limit: number;
  /** Where to begin: the number of a page, from 1, or the place where the page before ended, or the license that it ended with. */
  from: { page: number } | { after: LicensePlace } | { afterId: string };
}

export interface LicenseList extends LicenseNumbers {
  licenses: LicenseView[];
  /** How many the filter lets through. */
  total: number;
  /** Where the next page begins; null on the last one. */
  next: LicensePlace | null;
}

export interface Licenses {
  /**
   * Rows are read anew each time. Numbers, and which few licenses a rare filter lets through, are kept as long as no license
   * changes, for five minutes at most.
   */
  list(query: LicenseQuery): Promise<LicenseList>;
  /**
   * Of one that was consolidated the license that it leads to, with `resolvedFrom`.
   * @param options.archived the consolidated one itself.
   * @throws {Refusal} `license-not-found`
   */
  get(id: string, options?: { archived?: boolean }): Promise<ResolvedLicense>;
  /** @throws {Refusal} `license-not-found` */
  idOf(idOrKey: string): Promise<string>;
  /**
   * Writes the given fields; null clears one. An edit that changes nothing writes nothing.
   * @param version the one that the edit was made on.
   * @throws {Refusal} `license-not-found`, `license-archived`, `license-changed` with what was changed since.
   */
  edit(id: string, edit: { given: Partial<LicenseFields>; version: number; by: string }): Promise<LicenseView>;
  /**
   * @param license.allowDuplicate also when a license that is not archived carries its countid or appid, or is taken for the same
   * business; that these are two is remembered then.
   * @returns the license, and those that it resembles: people are asked about them.
   * @throws {Refusal} `license-key-taken` with the license that has it, `license-exists` with those that carry countid or appid,
   * `duplicate-suspected` with those taken for the same business.
   */
  create(license: NewLicense): Promise<{ license: LicenseView; potentialDuplicates: Suspect[] }>;
}

/** A license, and the id that led to it where it was asked for by another one. */
export type ResolvedLicense = LicenseView & { resolvedFrom?: string };

export interface NewLicense {
  key?: string | undefined;
  given: Partial<LicenseFields>;
  by: string;
  allowDuplicate?: boolean;
}

const KEPT_MS = 300_000;
const KEPT_ENTRIES = 500;
/** Changes that an answer to a stale edit looks back at. */
const MAX_CHANGES_TOLD = 200;
const MAX_CARRIERS_TOLD = 20;
/** Licenses changed since that a new one waits for before it is compared. */
const REFRESH = 200;

export function createLicenses({
  config,
  db,
  log,
  upkeep,
}: Pick<OperationsDeps, 'config' | 'db' | 'log'> & { upkeep: MatchUpkeep }): Licenses {
  const prevention = createPrevention({ config, db });
  const cache = createVersionCache({ forMs: KEPT_MS, maxEntries: KEPT_ENTRIES });
  const numbers = createLicenseNumbers(db);

  async function existing(id: string): Promise<LicenseRow> {
    const row = await findLicenseRow(db, id);
    if (!row) throw notFound(id);
    return row;
  }

  /** @throws {Refusal} when the list was to go on after a license that is not there. */
  async function placeAfter(from: LicenseQuery['from'], sort: LicenseOrder['sort']): Promise<LicensePlace | null> {
    if ('afterId' in from) return placeOf(await existing(from.afterId), sort);
    return 'after' in from ? from.after : null;
  }

  /** What an editor must know before trying again. */
  async function changedSince(id: string, sent: number, current: number): Promise<Refusal> {
    const rows = sent < current ? await changesSince(db, id, sent, MAX_CHANGES_TOLD) : [];
    const changed = rows.flatMap((row) =>
      ((JSON.parse(row.fields ?? '[]') as RecordedField[]) ?? []).map(({ field }) => ({
        field: apiName(field),
        version: row.version,
        changedBy: row.changed_by,
        at: isoInstant(row.created_at),
      })),
    );
    const fields = [...new Set(changed.map(({ field }) => field))];
    const since = fields.length === 0 ? '' : `; since version ${sent} ${fields.join(', ')} changed`;
    return new DetailedRefusal(
      'license-changed',
      `the license has version ${current}, the edit was made on version ${sent}${since}. Read it again and repeat the edit`,
      { licenseId: id, version: current, sentVersion: sent, changedFields: fields, changes: changed },
    );
  }

  /** Looks for licenses, not archived, with the countid or the appid of a new one. */
  async function refuseDuplicate({ countid, appid }: Partial<LicenseFields>): Promise<void> {
    const first = { sort: 'createdAt', direction: 'asc', limit: MAX_CARRIERS_TOLD, after: null, offset: 0 } as const;
    const having = async (field: 'countid' | 'appid', filter: LicenseFilter) =>
      (await listInOrder(db, await followed(db, filter), first)).map(({ id }) => ({ licenseId: id, field }));
    const carriers = [
      ...(countid == null ? [] : await having('countid', { countid })),
      ...(appid == null ? [] : await having('appid', { appid })),
    ];
    if (carriers.length === 0) return;
    const named = carriers.map(({ licenseId, field }) => `license ${licenseId} has this ${field}`).join(', ');
    throw new DetailedRefusal('license-exists', `${named}. Edit it, or send allowDuplicate=true to add another one`, {
      licenses: carriers,
    });
  }

  /** The license is there, whatever becomes of this: the next run that looks for duplicates asks as well. */
  async function ask(id: string, suspects: readonly Suspect[]): Promise<void> {
    if (suspects.length === 0) return;
    try {
      await prevention.askAbout(id, suspects);
    } catch (error) {
      log.warn({ licenseId: id, err: error }, 'no case was opened for a look-alike; the next run opens it');
    }
  }

  return {
    async list({ filter: asked, sort, direction, limit, from }) {
      const version = await readVersion(db, 'licenses');
      const filter = await followed(db, asked);
      const name = canonicalJson(filter);
      const page = {
        sort,
        direction,
        limit: limit + 1,
        after: await placeAfter(from, sort),
        offset: 'page' in from ? (from.page - 1) * limit : 0,
      };
      const find = async () => {
        const few = isIndexed(filter) ? null : await cache.get(`few ${name}`, version, () => fewMatches(db, filter));
        if (few) return { rows: await listAmong(db, few, filter, page), total: few.length };
        const counted = cache.get(name, version, () => countLicenses(db, filter));
        const [rows, total] = await Promise.all([listInOrder(db, filter, page), counted]);
        return { rows, total };
      };
      const [{ rows, total }, told] = await Promise.all([find(), cache.get('numbers', version, numbers)]);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        licenses: shown.map(viewOfLicense),
        total,
        next: rows.length > limit && last ? placeOf(last, sort) : null,
        ...told,
      };
    },

    async get(id, { archived: itself = false } = {}) {
      const row = await existing(id);
      const root = row.archived_into === null || itself ? null : ((await rootsOf(db, [id])).get(id) ?? null);
      return root === null ? viewOfLicense(row) : { ...viewOfLicense(await existing(root)), resolvedFrom: id };
    },

    async idOf(idOrKey) {
      const id = await findLicenseId(db, idOrKey);
      if (id === null) throw new Refusal('license-not-found', 'there is no license with this id or key');
      return id;
    },

    async edit(id, { given, version, by }) {
      const outcome = await inTransaction(db, async (trx) => {
        const locked = await lockLicense(trx, id);
        if (!locked) throw notFound(id);
        if (locked.archivedInto !== null) {
          throw archived(id, (await rootsOf(trx, [id])).get(id) ?? locked.archivedInto);
        }
        if (locked.version !== version) return { current: locked.version };
        const changes = editChanges(locked.license, given, 'edited');
        if (changes.length > 0) {
          await editLicense(trx, { locked, changes, by, sourceKey: null, now: sqlInstant(Date.now()) });
        }
        // Before anyone else can change it: the answer is what this edit made.
        const edited = await findLicenseRow(trx, id);
        if (changes.length > 0) await bumpVersion(trx, 'licenses');
        return { edited, fields: changes.map(({ field }) => field) };
      });
      if ('current' in outcome) throw await changedSince(id, version, outcome.current);
      if (!outcome.edited) throw notFound(id);
      if (outcome.fields.length > 0) log.info({ licenseId: id, fields: outcome.fields }, 'license edited');
      return viewOfLicense(outcome.edited);
    },

    async create({ key, given, by, allowDuplicate = false }) {
      if (!allowDuplicate) await refuseDuplicate(given);
      const id = randomUUID();
      const license = newLicense({ id, key: key ?? licenseKeyFor(id), origin: 'internal' }, given);
      const [suspects = []] = await prevention.suspectsOf([license], upkeep.isBusy() ? 0 : REFRESH);
      const sure = suspects.filter(({ decision }) => decision === 'auto');
      if (sure.length > 0 && !allowDuplicate) throw suspected(sure);
      try {
        await inTransaction(db, async (trx) => {
          await insertLicense(trx, license, by);
          if (sure.length > 0) await prevention.keepApart(trx, id, sure, by);
          await bumpVersion(trx, 'licenses');
        });
      } catch (error) {
        const holder = databaseCode(error) === 'ER_DUP_ENTRY' ? await findLicenseByKey(db, license.key) : undefined;
        if (!holder) throw error;
        throw new DetailedRefusal('license-key-taken', `license ${holder.id} has the key ${license.key}`, {
          licenseId: holder.id,
          key: license.key,
        });
      }
      log.info({ licenseId: id, resembles: suspects.length }, 'license created');
      await ask(
        id,
        suspects.filter(({ decision }) => decision !== 'auto'),
      );
      return { license: viewOfLicense(await existing(id)), potentialDuplicates: suspects };
    },
  };
}

function suspected(suspects: readonly Suspect[]): Refusal {
  const named = suspects.map(
    ({ licenseId, confidenceScore }) => `license ${licenseId} (${confidenceScore.toFixed(1)})`,
  );
  return new DetailedRefusal(
    'duplicate-suspected',
    `taken for the same business: ${named.join(', ')}. Edit that one, or send allowDuplicate=true to add another one and have it remembered that they are two`,
    {
      licenses: suspects.map(({ licenseId, licenseKey, confidenceScore, matchReasons }) => ({
        licenseId,
        licenseKey,
        confidenceScore,
        matchReasons,
      })),
    },
  );
}

function notFound(id: string): Refusal {
  return new Refusal('license-not-found', `there is no license ${id}`);
}

function archived(id: string, into: string): Refusal {
  return new DetailedRefusal('license-archived', `license ${id} was consolidated into ${into}; edit that one`, {
    licenseId: id,
    archivedInto: into,
  });
}
