/** The model of parting what was made one: whether it may be, and what every row is then. Written from the design. */
import { isDeepStrictEqual } from 'node:util';
import { standingOf } from './consolidating.ts';
import type { Value } from './fields.ts';
import { differing } from './merging.ts';
import { unlink } from './people.ts';
import { overlaid, recordsOf, takeBackTold } from './pushing.ts';
import { bestOf, dropConflicts, licenseOf, linksOf, type Model, type ModelMerge, rootOf, write } from './state.ts';
import { partForGood } from './verdicts.ts';

/** What a line of the ledger says of a column. */
type Change = ModelMerge['changes'][string];

/** What stands in the way of undoing a merge: kinds and names, sorted. Empty: it must be possible. */
export function obstacles(model: Model, merge: ModelMerge): string[] {
  const master = licenseOf(model, merge.masterId);
  if (master.archivedInto !== null) {
    const over = [...model.merges.values()].find(({ duplicateId, undone }) => duplicateId === master.id && !undone);
    return [`merge ${over?.id}`];
  }
  const found = new Set<string>();
  for (const [column, change] of Object.entries(broughtBy(model, merge))) {
    if (fateOf(model, merge, column, change) === 'lost') found.add(`field ${column}`);
  }
  for (const sourceKey of Object.keys(merge.moved)) {
    if (model.links.get(sourceKey)?.licenseId !== merge.masterId) found.add(`link ${sourceKey}`);
    const isSaid = model.overrides.some(
      (said) => said.kind === 'always' && said.sourceKey === sourceKey && said.licenseId === merge.masterId,
    );
    if (isSaid) found.add(`override ${sourceKey}`);
    if (merge.duplicateId !== null && hasFed(model, merge, sourceKey)) found.add(`fed ${sourceKey}`);
  }
  // Said of the license that would come back, and followed to the one that it was made part of.
  for (const said of model.overrides) {
    const comesBack = said.kind === 'always' && leadsTo(model, said.licenseId, merge.duplicateId);
    const isMoved = said.sourceKey in merge.moved;
    if (comesBack && !isMoved && model.links.get(said.sourceKey)?.licenseId === merge.masterId) {
      found.add(`override ${said.sourceKey}`);
    }
  }
  return [...found].sort();
}

/** Whether a license is this one, or was made part of it. */
function leadsTo(model: Model, licenseId: string, to: string | null): boolean {
  for (let at: string | null = licenseId; at !== null; at = licenseOf(model, at).archivedInto)
    if (at === to) return true;
  return false;
}

/** Whether the record changed the master since. */
function hasFed(model: Model, merge: ModelMerge, sourceKey: string): boolean {
  return licenseOf(model, merge.masterId).history.some(
    (line) =>
      line.write > merge.write &&
      line.sourceKey === sourceKey &&
      Object.keys(line.changes).some((column) => column !== 'external_sync_status'),
  );
}

/** What the merge changed; of a link also what the same record has changed since. */
function broughtBy(model: Model, merge: ModelMerge): Record<string, Change> {
  const brought = { ...merge.changes };
  if (merge.duplicateId === null) {
    const [sourceKey] = Object.keys(merge.moved);
    for (const line of licenseOf(model, merge.masterId).history) {
      if (line.write <= merge.write || line.sourceKey !== sourceKey || line.run === null) continue;
      for (const [column, after] of Object.entries(line.changes)) {
        const before = line.before[column] ?? null;
        const known = brought[column];
        if (!known) brought[column] = { before, after };
        else if (isDeepStrictEqual(known.after, before)) brought[column] = { before: known.before, after };
      }
    }
  }
  delete brought.external_sync_status;
  return brought;
}

/** `handed`: a later merge goes on from it, and remembers what was there before both; `lost`: someone wrote something else. */
function fateOf(model: Model, merge: ModelMerge, column: string, { after }: Change): 'restored' | 'lost' | ModelMerge {
  const next = laterThan(model, merge).find(({ changes }) => changes[column] !== undefined);
  if (next && isDeepStrictEqual(next.changes[column]?.before, after)) return next;
  return isDeepStrictEqual(licenseOf(model, merge.masterId).held[column] ?? null, after) ? 'restored' : 'lost';
}

function laterThan(model: Model, merge: ModelMerge): ModelMerge[] {
  return [...model.merges.values()]
    .filter(({ id, masterId, undone }) => id > merge.id && masterId === merge.masterId && !undone)
    .sort((a, b) => a.id - b.id);
}

/** Undoes a merge that nothing stands in the way of. */
export function undo(model: Model, merge: ModelMerge): void {
  const restored: Record<string, Value> = {};
  for (const [column, change] of Object.entries(broughtBy(model, merge))) {
    const fate = fateOf(model, merge, column, change);
    if (fate === 'restored') restored[column] = change.before;
    else if (fate !== 'lost')
      fate.changes[column] = { before: change.before, after: fate.changes[column]?.after ?? null };
  }
  merge.undone = true;
  const { masterId, duplicateId } = merge;
  const master = licenseOf(model, masterId);
  if (duplicateId === null) {
    const [sourceKey = ''] = Object.keys(merge.moved);
    write(model, master, differing(master.held, restored));
    unlink(model, sourceKey, masterId);
    takeBackTold(model, merge, [sourceKey, ...recordsOf(model, [masterId])], Object.keys(restored));
    model.overrides.push({ kind: 'never', sourceKey, licenseId: masterId });
    const others = linksOf(model, masterId).map((each) => each.sourceKey);
    partForGood(model, [sourceKey], [...groupOf(model, masterId), ...others], merge.caseId);
    return;
  }
  const keys = Object.keys(merge.moved);
  for (const [sourceKey, link] of Object.entries(merge.moved)) {
    dropConflicts(model, sourceKey);
    model.links.set(sourceKey, { ...link, base: overlaid(model, merge, sourceKey, link.base) });
  }
  handOnPlace(model, merge);
  const staying = linksOf(model, masterId);
  const returning = linksOf(model, duplicateId);
  takePlace(model, masterId, merge);
  takePlace(model, duplicateId, null);
  for (const [key, conflict] of Object.entries(merge.superseded)) {
    const link = model.links.get(key.split(' ')[0] ?? '');
    if (link?.role === 'primary' && link.licenseId === conflict.licenseId) model.conflicts.set(key, conflict);
  }
  const duplicate = licenseOf(model, duplicateId);
  duplicate.archivedInto = null;
  const standing = (links: typeof staying) => (keys.length > 0 ? { external_sync_status: standingOf(links) } : {});
  write(model, master, differing(master.held, { ...restored, ...standing(staying) }));
  write(model, duplicate, differing(duplicate.held, standing(returning)));
  takeBackTold(model, merge, recordsOf(model, [masterId, duplicateId]), Object.keys(restored));
  const left = staying.map(({ sourceKey }) => sourceKey);
  const these = [...groupOf(model, duplicateId), ...keys];
  partForGood(model, these, [...groupOf(model, masterId), ...left], merge.caseId);
}

/** A license and those that are still part of it: once they are restored they are as little one with what was parted from it. */
const groupOf = (model: Model, licenseId: string) =>
  [...model.licenses.keys()].filter((id) => rootOf(model, id) === licenseId).map((id) => `l:${id}`);

/** Where a later merge put a record in the place of one that goes back now, what had stood there before both is what it remembers. */
function handOnPlace(model: Model, merge: ModelMerge): void {
  for (const later of laterThan(model, merge)) {
    if (later.demoted === null || merge.moved[later.demoted.sourceKey] === undefined) continue;
    later.demoted = merge.demoted;
    for (const [key, conflict] of Object.entries(merge.superseded)) {
      if (key.startsWith(`${merge.demoted?.sourceKey} `)) later.superseded[key] = conflict;
    }
  }
}

/** Where no living record feeds a license, the one that had given way does, as it was then, or the best of the others. */
function takePlace(model: Model, licenseId: string, merge: ModelMerge | null): void {
  const demoted = merge?.demoted ?? null;
  const links = linksOf(model, licenseId);
  if (links.some(({ link, lives }) => link.role === 'primary' && lives)) return;
  const primary = links.find(({ link }) => link.role === 'primary');
  const living = links.filter(({ lives }) => lives);
  if (primary && living.length === 0) return;
  const former = primary ? undefined : links.find(({ sourceKey }) => sourceKey === demoted?.sourceKey);
  const among = (living.length > 0 ? living : links).map(({ sourceKey }) => sourceKey);
  const isFormer = former !== undefined && (former.lives || living.length === 0);
  const chosen = isFormer ? former.sourceKey : bestOf(model, among);
  for (const { sourceKey, link } of links) {
    if (sourceKey === chosen) {
      const isBack = merge !== null && sourceKey === demoted?.sourceKey;
      const { base, read } = isBack ? demoted.link : { base: {}, read: null };
      Object.assign(link, { role: 'primary', base: isBack ? overlaid(model, merge, sourceKey, base) : base, read });
    } else if (link.role === 'primary') {
      link.role = 'secondary';
      dropConflicts(model, sourceKey);
    }
  }
}
