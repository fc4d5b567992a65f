/** What a consolidation writes: licenses, links, conflicts, lineage and the ledger, a few statements for many groups. */
import type { Strategy } from '../domain/consolidation.ts';
import { NOTHING_SAID } from '../domain/external.ts';
import type { License } from '../domain/license.ts';
import type { ChangeKind, RecordedField } from '../domain/lineage.ts';
import { insertRows, type SqlValue } from './bulk.ts';
import type { ConsolidationContext } from './consolidation.ts';
import { each, type LicenseRow, type LinkRow, type LockedLicense } from './consolidation-locks.ts';
import { bumpVersion } from './data-versions.ts';
import { LICENSE_COLUMNS, licenseRow } from './license-rows.ts';
import { markStale } from './match-stale.ts';
import { CHANGE_COLUMNS, LINK_COLUMNS } from './merge-writes.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

/** One group, decided. */
export interface GroupWrite {
  master: LockedLicense;
  /** Best first, with what each gives. */
  duplicates: { locked: LockedLicense; taken: RecordedField[] }[];
  /** How the master stands towards its records from now on; empty when as before. */
  status: RecordedField[];
  /** The record that comes to feed the master; null when its own one goes on to. */
  promoted: string | null;
  strategy: Strategy;
  confidence: number | null;
  caseId: number | null;
  note: string | null;
}

/** A link as it was before it was moved or gave way. */
export interface MovedLink {
  sourceKey: string;
  licenseId: string;
  role: 'primary' | 'secondary';
  matchedBy: string;
  confidence: string | null;
  base: string;
  baseHash: string;
  operation: number;
  createdAt: SqlInstant;
  updatedAt: SqlInstant;
}

/** What the ledger keeps beside fields and links. */
export interface MergeDetails {
  /** The master's own link that gave its place to a moved one. */
  demoted: MovedLink | null;
  /** Conflicts that had nothing left to decide. */
  superseded: { id: number; held: number }[];
  /** Why it was undone, in the words of who did it. */
  undoNote?: string | null;
}

const WRITTEN = [
  ...LICENSE_COLUMNS,
  'last_external_sync',
  'version',
  'archived_into',
  'created_at',
  'updated_at',
  'created_by',
  'updated_by',
] as const;
const ON_LICENSE = WRITTEN.filter(
  (column) => !['id', 'key', 'origin', 'last_external_sync', 'created_at', 'created_by'].includes(column),
);
const ON_LINK = ['license_id', 'role', 'base', 'base_hash', 'agreed_version', 'updated_at'] as const;
/** Nobody has compared the license with this record: their versions are not of one row. */
const NOT_KNOWN = 0;
const MERGE_COLUMNS = [
  'kind',
  'master_id',
  'duplicate_id',
  'case_id',
  'operation',
  'strategy',
  'confidence',
  'changes',
  'moved',
  'details',
  'note',
  'master_version',
  'duplicate_version',
  'created_by',
  'created_at',
] as const;
/** A row of the ledger holds whole records. */
const MERGES_IN_ONE = 50;

/** @returns the id of the ledger's row by the id of the duplicate. */
export async function writeConsolidated(
  trx: Trx,
  groups: readonly GroupWrite[],
  context: ConsolidationContext,
): Promise<Map<string, number>> {
  if (groups.length === 0) return new Map();
  const { batchSize, now, operation } = context;
  const by = context.by.slice(0, 100);
  const superseded = await supersedeConflicts(trx, groups);
  await insertRows(trx, 'licenses', WRITTEN, licenseRows(groups, { now, by }), { batchSize, onDuplicate: ON_LICENSE });
  await insertRows(trx, 'license_links', LINK_COLUMNS, linkRows(groups, now), { batchSize, onDuplicate: ON_LINK });
  const lines = groups.flatMap(({ master, duplicates, status }) => [
    line(master.row, 'merged', [...duplicates.flatMap(({ taken }) => taken), ...status]),
    ...duplicates.map(({ locked }) => line(locked.row, 'archived', [])),
  ]);
  await insertRows(
    trx,
    'license_changes',
    CHANGE_COLUMNS,
    lines.map(([id, version, kind, fields]) => [id, version, kind, operation, null, null, fields, by, now]),
    { batchSize },
  );
  await insertRows(
    trx,
    'merges',
    MERGE_COLUMNS,
    groups.flatMap((group) => ledgerRows(group, superseded, { operation, by, now })),
    { batchSize: Math.min(batchSize, MERGES_IN_ONE) },
  );
  const archived = groups.flatMap(({ duplicates }) => duplicates.map(({ locked }) => locked.row.id));
  const written = await each(archived, (part) =>
    trx
      .selectFrom('merges')
      .select(['id', 'duplicate_id'])
      .where('duplicate_id', 'in', part)
      .where('state', '=', 'applied')
      .orderBy('id')
      .execute(),
  );
  await markStale(trx, [...archived, ...groups.map(({ master }) => master.row.id)]);
  await bumpVersion(trx, 'licenses');
  return new Map(written.flatMap(({ id, duplicate_id: duplicate }) => (duplicate === null ? [] : [[duplicate, id]])));
}

function line(row: LicenseRow, kind: ChangeKind, fields: RecordedField[]): [string, number, ChangeKind, string] {
  return [row.id, row.version + 1, kind, JSON.stringify(fields)];
}

/** Masters and duplicates together, in the order of their ids. */
function licenseRows(groups: readonly GroupWrite[], { now, by }: { now: SqlInstant; by: string }): SqlValue[][] {
  const row = ({ row: before }: LockedLicense, license: License, into: string | null): SqlValue[] => [
    ...licenseRow(license),
    before.last_external_sync,
    before.version + 1,
    into,
    before.created_at,
    now,
    before.created_by,
    by,
  ];
  return groups
    .flatMap(({ master, duplicates, status }) => {
      const changes = [...duplicates.flatMap(({ taken }) => taken), ...status];
      const fields = Object.fromEntries(changes.map(({ field, after }) => [field, after])) as Partial<License>;
      return [
        row(master, { ...master.license, ...fields }, null),
        ...duplicates.map(({ locked }) => row(locked, locked.license, master.row.id)),
      ];
    })
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

/** Links that move or change their role. */
function linkRows(groups: readonly GroupWrite[], now: SqlInstant): SqlValue[][] {
  return groups
    .flatMap((group) => {
      const { master, duplicates, promoted } = group;
      const own = promoted === null ? [] : master.links.map(({ row }) => row);
      const moved = duplicates.flatMap(({ locked }) => locked.links.map(({ row }) => row));
      return [...own, ...moved].map((row): SqlValue[] => {
        const keepsRole = promoted === null && row.license_id === master.row.id;
        const role = row.source_key === promoted ? 'primary' : keepsRole ? row.role : 'secondary';
        // What a record says that only joined a license so far was never merged: the next run meets it for the first time.
        const isNews = role === 'primary' && row.role === 'secondary';
        return [
          row.source_key,
          master.row.id,
          role,
          row.matched_by,
          row.confidence,
          isNews ? JSON.stringify(NOTHING_SAID) : row.base,
          isNews ? '' : row.base_hash,
          NOT_KNOWN,
          row.operation,
          row.created_at,
          now,
        ];
      });
    })
    .sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
}

function ledgerRows(
  group: GroupWrite,
  superseded: ReadonlyMap<string, MergeDetails['superseded']>,
  { operation, by, now }: { operation: number | null; by: string; now: SqlInstant },
): SqlValue[][] {
  const { master, duplicates, promoted } = group;
  // The merge that brought the new primary also remembers the old one.
  const bringer = duplicates.find(({ locked }) => locked.links.some(({ row }) => row.source_key === promoted));
  const demoted = demotedBy(group);
  return duplicates.map((duplicate, index) => {
    const { locked, taken } = duplicate;
    const moved = locked.links.map(({ row }) => movedLink(row));
    const remembers = demoted !== null && (bringer ? duplicate === bringer : index === 0);
    const keys = [...moved.map(({ sourceKey }) => sourceKey), ...(remembers ? [demoted.sourceKey] : [])];
    const details: MergeDetails = {
      demoted: remembers ? demoted : null,
      superseded: keys.flatMap((key) => superseded.get(key) ?? []),
    };
    return [
      'consolidation',
      master.row.id,
      locked.row.id,
      group.caseId,
      operation,
      group.strategy,
      group.confidence,
      JSON.stringify(taken),
      JSON.stringify(moved),
      JSON.stringify(details),
      group.note,
      master.row.version + 1,
      locked.row.version + 1,
      by,
      now,
    ];
  });
}

/** The master's own primary link, where another record takes its place. */
function demotedBy({ master, promoted }: GroupWrite): MovedLink | null {
  const primary = promoted === null ? undefined : master.links.find(({ row }) => row.role === 'primary');
  return primary ? movedLink(primary.row) : null;
}

/** A link as the ledger keeps it. */
export function movedLink(row: LinkRow): MovedLink {
  return {
    sourceKey: row.source_key,
    licenseId: row.license_id,
    role: row.role,
    matchedBy: row.matched_by,
    confidence: row.confidence,
    base: row.base,
    baseHash: row.base_hash,
    operation: row.operation,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

/** @returns open conflicts of records that feed no license from now on, or another one, by source key. They are superseded now. */
async function supersedeConflicts(
  trx: Trx,
  groups: readonly GroupWrite[],
): Promise<Map<string, MergeDetails['superseded']>> {
  const keys = groups.flatMap((group) => [
    ...group.duplicates.flatMap(({ locked }) => locked.links.map(({ row }) => row.source_key)),
    ...(demotedBy(group) ? [demotedBy(group)?.sourceKey ?? ''] : []),
  ]);
  const open = await each(keys.sort(), (part) =>
    trx
      .selectFrom('field_conflicts')
      .select(['id', 'source_key', 'held'])
      .where('source_key', 'in', part)
      .where('state', '=', 'open')
      .orderBy('id')
      .forUpdate()
      .execute(),
  );
  await each(open, async (part) => {
    const ids = part.map(({ id }) => id);
    await trx.updateTable('field_conflicts').set({ state: 'superseded', held: 0 }).where('id', 'in', ids).execute();
    return [];
  });
  const byKey = new Map<string, MergeDetails['superseded']>();
  for (const { id, source_key: key, held } of open) byKey.set(key, [...(byKey.get(key) ?? []), { id, held }]);
  return byKey;
}
