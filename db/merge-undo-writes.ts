/** What undoing a merge writes. */
import { type ExternalRecord, NOTHING_SAID } from '../domain/external.ts';
import { rowHash } from '../domain/hash.ts';
import type { RecordedField } from '../domain/lineage.ts';
import { choosePrimary } from '../domain/link-roles.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import { LICENSE_FIELD_OF } from '../domain/push.ts';
import { type FieldSent, noteDue, pushedSince, withPushed } from './compensations.ts';
import { supersedeOfRecord } from './conflict-states.ts';
import { type LockedLicense, type LockedLink, syncStatusOf } from './consolidation-locks.ts';
import type { MovedLink } from './consolidation-writes.ts';
import { bumpVersion } from './data-versions.ts';
import { editLicense } from './license-edits.ts';
import { markStale } from './match-stale.ts';
import type { Inspected, UndoBy, UndoOutcome } from './merge-undo.ts';
import { keepApart, renewVerdicts } from './merge-undo-verdicts.ts';
import { laterMerges, type Merge, mergeOf, mergeThatMoved } from './merges.ts';
import { insertOverride, unlink } from './overrides.ts';
import type { Trx } from './retry.ts';
import type { SqlInstant } from './tables.ts';

/** Undoes a consolidation: the duplicate lives again with its records, the master is without what it had taken. */
export async function partLicenses(
  trx: Trx,
  seen: Inspected & { duplicate: LockedLicense },
  by: UndoBy,
): Promise<UndoOutcome> {
  const { merge, master, duplicate, fields } = seen;
  const { now } = by;
  const signed = by.by.slice(0, 100);
  const back = new Map(merge.moved.map((link) => [link.sourceKey, link]));
  const returning = master.links.filter(({ row }) => back.has(row.source_key));
  const staying = master.links.filter(({ row }) => !back.has(row.source_key));
  const pushed = await pushedTo(trx, merge, master.links);
  for (const link of merge.moved) {
    // What it said against the master is nothing to decide any more.
    await supersedeOfRecord(trx, link.sourceKey);
    await putBack(trx, link, pushed.get(link.sourceKey), now);
  }
  await handOnPlace(trx, merge);
  await handOnDemoted(trx, merge, await settlePrimary(trx, staying, merge.details.demoted, now));
  // The record that fed it may have vanished in the meantime.
  const asBefore = returning.map((link) => withRole(link, back.get(link.row.source_key)?.role ?? 'secondary'));
  await settlePrimary(trx, asBefore, null, now);
  await reopenConflicts(trx, merge.details.superseded);

  const isTold = merge.moved.length > 0;
  const parted = await editLicense(trx, {
    locked: versioned(master),
    changes: [...fields.restored, ...(isTold ? statusChange(master, staying) : [])],
    by: signed,
    sourceKey: null,
    now,
    kind: 'unmerged',
  });
  for (const [sourceKey, { fields: sent, present }] of pushed) {
    const isBack = back.has(sourceKey);
    const speaker = isBack ? duplicate.license : parted.license;
    const { version } = parted;
    const concerned = isBack ? sent : amongRestored(sent, fields.restored);
    await noteDue(trx, { sourceKey, licenseId: master.row.id, version, pushed: concerned, present, speaker, now });
  }
  await editLicense(trx, {
    locked: versioned(duplicate),
    changes: isTold ? statusChange(duplicate, returning) : [],
    by: signed,
    sourceKey: null,
    now,
    kind: 'restored',
  });
  await trx.updateTable('licenses').set({ archived_into: null }).where('id', '=', duplicate.row.id).execute();

  const caseUndone = await close(trx, seen, by);
  await markStale(trx, [master.row.id, duplicate.row.id]);
  await keepApart(
    trx,
    merge,
    {
      these: { licenseId: duplicate.row.id, sourceKeys: [...back.keys()] },
      those: { licenseId: master.row.id, sourceKeys: staying.map(({ row }) => row.source_key) },
    },
    by,
  );
  await renewVerdicts(trx, master.license);
  await bumpVersion(trx, 'licenses');
  return outcomeOf(seen, caseUndone);
}

/** Undoes a link by similarity: what the record brought is taken back, and it never comes to this license again. */
export async function partRecord(trx: Trx, seen: Inspected, by: UndoBy): Promise<UndoOutcome> {
  const { merge, master, fields } = seen;
  const { now } = by;
  const signed = by.by.slice(0, 100);
  const [link] = merge.moved;
  if (!link) throw new Error(`merge ${merge.row.id} is a link, and names none`);
  const { sourceKey } = link;
  const from = await editLicense(trx, {
    locked: versioned(master),
    changes: fields.restored,
    by: signed,
    sourceKey: null,
    now,
    kind: 'unmerged',
  });
  for (const [key, { fields: sent, present }] of await pushedTo(trx, merge, master.links)) {
    const isParted = key === sourceKey;
    const speaker = isParted ? null : from.license;
    const { version } = from;
    const concerned = isParted ? sent : amongRestored(sent, fields.restored);
    await noteDue(trx, { sourceKey: key, licenseId: master.row.id, version, pushed: concerned, present, speaker, now });
  }
  await unlink(trx, { sourceKey, from, by: signed, now });
  await forbid(trx, sourceKey, merge, { by: signed, now });
  const caseUndone = await close(trx, seen, by);
  const others = master.links.map(({ row }) => row.source_key).filter((key) => key !== sourceKey);
  await keepApart(
    trx,
    merge,
    {
      these: { licenseId: null, sourceKeys: [sourceKey] },
      those: { licenseId: master.row.id, sourceKeys: others },
    },
    by,
  );
  await renewVerdicts(trx, master.license);
  await bumpVersion(trx, 'licenses');
  return outcomeOf(seen, caseUndone);
}

/** What was sent to the master's records since the merge, with what they are agreed to say now. */
async function pushedTo(
  trx: Trx,
  { row }: Merge,
  links: readonly LockedLink[],
): Promise<Map<string, { fields: FieldSent[]; present: ExternalRecord }>> {
  const found = new Map<string, { fields: FieldSent[]; present: ExternalRecord }>();
  for (const link of links) {
    const sourceKey = link.row.source_key;
    const fields = await pushedSince(trx, sourceKey, row.created_at);
    if (fields.length > 0) found.set(sourceKey, { fields, present: JSON.parse(link.row.base) as ExternalRecord });
  }
  return found;
}

/** Of what a record that stays was sent, only what the undo takes from its license: the rest are edits of its own. */
function amongRestored(sent: readonly FieldSent[], restored: readonly RecordedField[]): FieldSent[] {
  return sent.filter(({ field }) => restored.some((change) => change.field === LICENSE_FIELD_OF[field]));
}

/** What was sent to it meanwhile stays agreed on: it is no news for its own license, whose values differ and are sent instead. */
async function putBack(
  trx: Trx,
  link: MovedLink,
  pushed: { fields: FieldSent[]; present: ExternalRecord } | undefined,
  now: SqlInstant,
): Promise<void> {
  const former = JSON.parse(link.base) as ExternalRecord;
  const base = pushed ? JSON.stringify(withPushed(former, pushed.present, pushed.fields)) : link.base;
  await trx
    .updateTable('license_links')
    .set({
      license_id: link.licenseId,
      role: link.role,
      base,
      base_hash: base === link.base ? link.baseHash : rowHash(base),
      agreed_version: 0,
      operation: link.operation,
      updated_at: now,
    })
    .where('source_key', '=', link.sourceKey)
    .execute();
}

function withRole({ row, record }: LockedLink, role: 'primary' | 'secondary'): LockedLink {
  return { row, record: { ...record, role } };
}

/**
 * Another merge may have put its record in the place of one that goes back now: what it remembers to have stood there is then what this merge
 * had found, so that undoing both, in either order, leads back to the beginning.
 */
async function handOnPlace(trx: Trx, { row, moved, details }: Merge): Promise<void> {
  const keys = new Set(moved.map(({ sourceKey }) => sourceKey));
  // Not only later ones: an earlier merge may have been handed the place by `handOnDemoted`.
  const heir = (await laterMerges(trx, row.master_id, 0)).find((merge) => {
    const { demoted } = merge.details;
    return merge.row.id !== row.id && demoted !== null && keys.has(demoted.sourceKey);
  });
  if (heir) await rememberDemoted(trx, heir, details);
}

/**
 * The primary place may not go back to the record that had given way, but to one that another merge brought. Undoing that one leads back to
 * the former record, so it is that merge which remembers it from now on.
 */
async function handOnDemoted(trx: Trx, { row, details }: Merge, primary: string | null): Promise<void> {
  if (primary === null || details.demoted === null || primary === details.demoted.sourceKey) return;
  const bringer = await mergeThatMoved(trx, primary, row.master_id);
  if (!bringer) return;
  const heir = mergeOf(bringer);
  if (heir.details.demoted === null) await rememberDemoted(trx, heir, details);
}

/** Lets a merge remember the record that another one had put out of its place, and what was to be decided about that. */
async function rememberDemoted(trx: Trx, heir: Merge, { demoted, superseded }: Merge['details']): Promise<void> {
  const said =
    demoted === null || superseded.length === 0
      ? []
      : await trx
          .selectFrom('field_conflicts')
          .select('id')
          .where(
            'id',
            'in',
            superseded.map(({ id }) => id),
          )
          .where('source_key', '=', demoted.sourceKey)
          .execute();
  const ids = new Set(said.map(({ id }) => id));
  const inherited = [...heir.details.superseded, ...superseded.filter(({ id }) => ids.has(id))];
  await trx
    .updateTable('merges')
    .set({ details: JSON.stringify({ ...heir.details, demoted, superseded: inherited }) })
    .where('id', '=', heir.row.id)
    .execute();
}

/**
 * Where no living record feeds a license any more, the one that had given way takes its place again, as it was then; without one, the best
 * of those that are left.
 * @returns the record that feeds it from now on; null when none is left.
 */
async function settlePrimary(
  trx: Trx,
  links: readonly LockedLink[],
  demoted: MovedLink | null,
  now: SqlInstant,
): Promise<string | null> {
  const primary = links.find(({ record }) => record.role === 'primary')?.row.source_key;
  const former = primary === undefined ? links.find(({ row }) => row.source_key === demoted?.sourceKey) : undefined;
  const records = links.map(({ record }) =>
    record === former?.record ? { ...record, role: 'primary' as const } : record,
  );
  const chosen = choosePrimary(records)?.sourceKey ?? former?.row.source_key;
  if (chosen === undefined) return primary ?? null;
  if (primary !== undefined) {
    await supersedeOfRecord(trx, primary);
    await trx
      .updateTable('license_links')
      .set({ role: 'secondary', updated_at: now })
      .where('source_key', '=', primary)
      .execute();
  }
  const base =
    demoted !== null && chosen === demoted.sourceKey
      ? { base: demoted.base, base_hash: demoted.baseHash, operation: demoted.operation }
      : // What it says was never merged into the license: the next run meets it for the first time.
        { base: JSON.stringify(NOTHING_SAID), base_hash: '' };
  await trx
    .updateTable('license_links')
    .set({ role: 'primary', ...base, agreed_version: 0, updated_at: now })
    .where('source_key', '=', chosen)
    .execute();
  return chosen;
}

/**
 * Those that the merge had left without anything to decide, unless a newer one speaks for the same record and field of the license, or the
 * record does not feed that license.
 */
async function reopenConflicts(trx: Trx, superseded: readonly { id: number; held: number }[]): Promise<void> {
  for (const { id, held } of superseded) {
    const conflict = await trx
      .selectFrom('field_conflicts')
      .select(['source_key', 'field', 'license_id', 'state', 'choice'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    if (conflict?.state !== 'superseded' || conflict.choice !== null) continue;
    const newer = await trx
      .selectFrom('field_conflicts')
      .select('id')
      .where('source_key', '=', conflict.source_key)
      .where('field', '=', conflict.field)
      .where('license_id', '=', conflict.license_id)
      .where('id', '>', id)
      .limit(1)
      .executeTakeFirst();
    const feeds = await trx
      .selectFrom('license_links')
      .select('source_key')
      .where('source_key', '=', conflict.source_key)
      .where('license_id', '=', conflict.license_id)
      .where('role', '=', 'primary')
      .executeTakeFirst();
    if (newer || !feeds) continue;
    await trx.updateTable('field_conflicts').set({ state: 'open', held }).where('id', '=', id).execute();
  }
}

function statusChange({ license }: LockedLicense, links: readonly LockedLink[]): RecordedField[] {
  const before = license.externalSyncStatus;
  const after = syncStatusOf(links);
  return before === after ? [] : [{ field: 'externalSyncStatus', before, after, rule: 'undone' }];
}

/** The ledger's rows, and the case when nothing of it is in force any more. */
async function close(
  trx: Trx,
  { merge: { row, details }, fields }: Inspected,
  { by, now, note }: UndoBy,
): Promise<boolean> {
  for (const { id, changes } of fields.handedOn) {
    await trx
      .updateTable('merges')
      .set({ changes: JSON.stringify(changes) })
      .where('id', '=', id)
      .execute();
  }
  await trx
    .updateTable('merges')
    .set({
      state: 'undone',
      details: JSON.stringify({ ...details, undoNote: note }),
      undone_by: by.slice(0, 100),
      undone_at: now,
    })
    .where('id', '=', row.id)
    .execute();
  if (row.case_id === null) return false;
  const left = await trx
    .selectFrom('merges')
    .select('id')
    .where('case_id', '=', row.case_id)
    .where('state', '=', 'applied')
    .limit(1)
    .executeTakeFirst();
  const found = await trx
    .selectFrom('duplicate_cases')
    .select(['state', 'version'])
    .where('id', '=', row.case_id)
    .executeTakeFirst();
  if (!found) return false;
  const isUndone = !left && found.state === 'approved';
  const version = isUndone ? found.version + 1 : found.version;
  if (isUndone) {
    await trx
      .updateTable('duplicate_cases')
      .set({ state: 'undone', version, updated_at: now })
      .where('id', '=', row.case_id)
      .execute();
  }
  await trx
    .insertInto('review_decisions')
    .values({
      case_id: row.case_id,
      decision: 'undo',
      reviewer: by.slice(0, 100),
      master_id: row.master_id,
      note,
      details: JSON.stringify({ mergeId: row.id, duplicateId: row.duplicate_id }),
      case_version: version,
      created_at: now,
    })
    .execute();
  return isUndone;
}

async function forbid(
  trx: Trx,
  sourceKey: string,
  { row }: Merge,
  { by, now }: { by: string; now: SqlInstant },
): Promise<void> {
  const there = await trx
    .selectFrom('match_overrides')
    .select('id')
    .where('kind', '=', 'never')
    .where('source_key', '=', sourceKey)
    .where('license_id', '=', row.master_id)
    .executeTakeFirst();
  if (there) return;
  const note = `merge ${row.id} was undone`;
  await insertOverride(trx, { kind: 'never', sourceKey, licenseId: row.master_id, note, by, now });
}

function versioned({ row, license }: LockedLicense): VersionedLicense {
  return { license, version: row.version };
}

function outcomeOf({ merge, fields }: Inspected, caseUndone: boolean): UndoOutcome {
  return {
    done: true,
    merge,
    restored: fields.restored.map(({ field }) => field),
    sourceKeys: merge.moved.map(({ sourceKey }) => sourceKey),
    handedOn: fields.handedOn.map(({ id }) => id),
    caseUndone,
  };
}
