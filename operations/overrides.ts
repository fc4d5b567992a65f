/** What people decide about a record and a license, before any key is looked at: always one, or never. */
import { isoInstant, sqlInstant } from '../db/connect.ts';
import { findLicenseId } from '../db/lineage.ts';
import { type MergeRow, mergeThatMoved } from '../db/merges.ts';
import {
  deleteOverride,
  findOverride,
  insertOverride,
  isKnownRecord,
  type LockedPair,
  listOverrides,
  lockPair,
  type OverrideRow,
  recordsByAppid,
  unlink,
} from '../db/overrides.ts';
import { rootsOf } from '../db/redirects.ts';
import { inTransaction, type Trx } from '../db/retry.ts';
import { appidKey, licenseIdFor } from '../domain/identity.ts';
import type { OperationsDeps } from './deps.ts';
import { DetailedRefusal, Refusal } from './errors.ts';

export interface OverrideView {
  id: number;
  kind: 'always' | 'never';
  sourceKey: string;
  recordDba: string | null;
  license: { id: string; key: string | null; dba: string | null };
  note: string | null;
  createdBy: string;
  createdAt: string;
  /** The license that the record is linked to now; null before the next run when nothing links it. */
  linkedLicenseId: string | null;
  /** What holds now, and what the next run does. */
  sentence: string;
}

export interface OverrideRequest {
  kind: 'always' | 'never';
  /** A source key, a countid or an appid. */
  record: string;
  /** Id or key. */
  license: string;
  note: string | null;
}

export interface OverrideResult {
  override: OverrideView;
  /** Whether it is new; the same one asked for again is answered as it stands. */
  created: boolean;
  /** A link that was removed by it, and the record that feeds that license now. */
  unlinked: { licenseId: string; promoted: string | null } | null;
}

export interface Overrides {
  /** Newest first. */
  list(
    filter: { kind?: 'always' | 'never' | undefined; record?: string | undefined; license?: string | undefined },
    page: { limit: number; cursor?: number | undefined },
  ): Promise<{ overrides: OverrideView[]; next: number | null }>;
  /** @throws {Refusal} `record-not-found`, `record-ambiguous`, `license-not-found`, `override-refused` */
  set(request: OverrideRequest, by: string): Promise<OverrideResult>;
  /** What was linked because of it stays linked. @throws {Refusal} `override-not-found` */
  remove(id: number): Promise<OverrideView>;
}

const MAX_NAMED = 5;

export function createOverrides({ db, log }: OperationsDeps): Overrides {
  /** The source key of a record that the mirror knows. */
  async function findRecord(record: string): Promise<string> {
    const text = record.trim();
    const candidates = /^\d{1,16}$/.test(text) ? [`c:${Number(text)}`] : /^[ac]:/.test(text) ? [text] : [];
    for (const sourceKey of candidates) if (await isKnownRecord(db, sourceKey)) return sourceKey;
    const key = appidKey(text);
    const found = key === null ? [] : await recordsByAppid(db, key, MAX_NAMED);
    const [only, ...others] = found;
    if (only === undefined) {
      throw new Refusal(
        'record-not-found',
        `no record with the source key, countid or appid "${shown(text)}" was ever read from the API; sync first`,
      );
    }
    if (others.length === 0) return only;
    throw new DetailedRefusal(
      'record-ambiguous',
      `several records have the appid "${shown(text)}": name one by its source key, such as ${only}`,
      { sourceKeys: found },
    );
  }

  async function findLicense(license: string): Promise<string> {
    const id = await findLicenseId(db, license.trim());
    if (id === null) throw new Refusal('license-not-found', `there is no license "${shown(license)}"`);
    return id;
  }

  async function view(id: number): Promise<OverrideView> {
    const row = await findOverride(db, id);
    if (!row) throw notFound(id);
    return viewOf(row);
  }

  return {
    async list({ kind, record, license }, { limit, cursor }) {
      const sourceKey = record === undefined ? undefined : await findRecord(record);
      const licenseId = license === undefined ? undefined : await findLicense(license);
      const rows = await listOverrides(db, { kind, sourceKey, licenseId }, { limit: limit + 1, before: cursor });
      const overrides = rows.slice(0, limit).map(viewOf);
      return { overrides, next: rows.length > limit ? (overrides.at(-1)?.id ?? null) : null };
    },

    async set({ kind, record, license, note }, name) {
      const by = name.slice(0, 100);
      const sourceKey = await findRecord(record);
      const licenseId = await findLicense(license);
      const set = await inTransaction(db, async (trx) => {
        const pair = await lockPair(trx, sourceKey, licenseId);
        if (!pair) throw new Refusal('record-not-found', `the record ${sourceKey} is not known any more`);
        const same = pair.overrides.find((other) => other.kind === kind && other.licenseId === licenseId);
        if (!same) refuse(kind, sourceKey, licenseId, pair);
        if (!same && kind === 'never' && pair.link?.licenseId === licenseId) {
          const merge = await mergeThatMoved(trx, sourceKey, licenseId);
          if (merge) throw movedBy(merge, sourceKey);
        }
        if (!same) await refuseByChain(trx, kind, sourceKey, licenseId, pair);
        const now = sqlInstant(Date.now());
        const id = same?.id ?? (await insertOverride(trx, { kind, sourceKey, licenseId, note, by, now }));
        const { link } = pair;
        const isAgainst = link !== null && (link.licenseId === licenseId) === (kind === 'never');
        if (!isAgainst) return { id, created: !same, unlinked: null };
        const from = link.licenseId === licenseId ? pair.license : pair.linked;
        const promoted = await unlink(trx, { sourceKey, from, by, now });
        return { id, created: !same, unlinked: { licenseId: link.licenseId, promoted } };
      });
      log.info({ override: set.id, kind, sourceKey, licenseId, unlinked: set.unlinked !== null }, 'override set');
      return { override: await view(set.id), created: set.created, unlinked: set.unlinked };
    },

    async remove(id) {
      const removed = await view(id);
      if (!(await deleteOverride(db, id))) throw notFound(id);
      log.info({ override: id, kind: removed.kind, sourceKey: removed.sourceKey }, 'override removed');
      return removed;
    },
  };
}

/** What came by a consolidation goes back by undoing it: else its own license would stay archived into one that it never belongs to. */
function movedBy({ id, duplicate_id: duplicateId }: MergeRow, sourceKey: string): Refusal {
  return new DetailedRefusal(
    'override-refused',
    `record ${sourceKey} came here with license ${duplicateId}, by merge ${id}; undo that one instead`,
    { mergeId: id, duplicateId },
  );
}

/** @throws {Refusal} when it contradicts another one, or the record's own license, by what those licenses were consolidated into. */
async function refuseByChain(
  trx: Trx,
  kind: 'always' | 'never',
  sourceKey: string,
  licenseId: string,
  { overrides }: LockedPair,
): Promise<void> {
  const own = licenseIdFor(sourceKey);
  const roots = await rootsOf(trx, [own, ...overrides.map((other) => other.licenseId)]);
  const opposite = overrides.find((other) => other.kind !== kind && roots.get(other.licenseId) === licenseId);
  if (opposite) throw contradicts(sourceKey, opposite);
  if (kind === 'always' || roots.get(own) !== licenseId) return;
  throw new Refusal(
    'override-refused',
    `the license that was made of record ${sourceKey} was consolidated into license ${licenseId}, so there is no other it could go to; undo that merge first, or say which one always instead`,
  );
}

function contradicts(sourceKey: string, { id, kind, licenseId }: LockedPair['overrides'][number]): Refusal {
  return new DetailedRefusal(
    'override-refused',
    `record ${sourceKey} has the override ${id} (${kind} license ${licenseId}); remove that one first`,
    { overrideId: id },
  );
}

/** @throws {Refusal} when the override contradicts another one, or would leave the record without a license. */
function refuse(kind: 'always' | 'never', sourceKey: string, licenseId: string, pair: LockedPair): void {
  const { license, overrides } = pair;
  if (license === null) throw new Refusal('license-not-found', `there is no license ${licenseId} any more`);
  if (license.archivedInto !== null) {
    throw new DetailedRefusal(
      'override-refused',
      `license ${licenseId} was merged into ${license.archivedInto}; name that one`,
      { archivedInto: license.archivedInto },
    );
  }
  if (kind === 'never' && licenseIdFor(sourceKey) === licenseId) {
    throw new Refusal(
      'override-refused',
      `license ${licenseId} was made of record ${sourceKey} itself, so there is no other it could go to; say which one always instead`,
    );
  }
  const opposite = overrides.find((other) => other.licenseId === licenseId);
  const elsewhere = kind === 'always' ? overrides.find((other) => other.kind === 'always') : undefined;
  const other = opposite ?? elsewhere;
  if (other) throw contradicts(sourceKey, other);
}

function viewOf(row: OverrideRow): OverrideView {
  return {
    id: row.id,
    kind: row.kind,
    sourceKey: row.source_key,
    recordDba: row.record_dba,
    license: { id: row.license_id, key: row.license_key, dba: row.license_dba },
    note: row.note,
    createdBy: row.created_by,
    createdAt: isoInstant(row.created_at),
    linkedLicenseId: row.linked_license,
    sentence: sentenceOf(row),
  };
}

function sentenceOf({ kind, license_id: wanted, linked_license: linked }: OverrideRow): string {
  if (kind === 'never') {
    return linked === null
      ? 'The record is linked to no license now; the next sync matches it anew, and never with this one.'
      : 'The record belongs to another license, and no sync links it to this one.';
  }
  return linked === wanted
    ? 'The record is linked to this license, and no sync changes that.'
    : 'The next sync links the record to this license.';
}

function notFound(id: number): Refusal {
  return new Refusal('override-not-found', `there is no override ${id}`);
}

/** What a caller typed, short enough to be repeated; an address is not. */
function shown(text: string): string {
  const trimmed = text.trim();
  if (trimmed.includes('@')) return '…';
  return trimmed.length > 60 ? `${trimmed.slice(0, 60)}…` : trimmed;
}
