/** The model of what people do: edit licenses, make new ones, say what belongs together. */

import { licenseIdFor } from '../../../domain/identity.ts';
import type { Held, Value } from './fields.ts';
import { differing } from './merging.ts';
import {
  bestOf,
  dropConflicts,
  licenseOf,
  linksOf,
  type Model,
  type ModelOverride,
  newLicense,
  rootOf,
  write,
} from './state.ts';

/** What a person types, by field of the license. */
export type Given = Readonly<Record<string, string | number | null>>;

const COLUMNS: Readonly<Record<string, string>> = {
  expiresAt: 'expires_at',
  startsAt: 'starts_at',
  lastPayment: 'last_payment',
  smsBalance: 'sms_balance',
  externalEmail: 'external_email',
};

const NOTHING: Held = Object.fromEntries(
  (
    'product plan term seats_total seats_used starts_at expires_at dba zip last_payment sms_purchased sms_sent sms_balance agents ' +
    'agents_name agents_cost notes appid countid mid license_type package_data sendbat_workspace coming_expired external_email ' +
    'phone address city last_active external_sync_status'
  )
    .split(' ')
    .map((column) => [column, null]),
);

function written(given: Given): Held {
  const columns: Record<string, Value> = {};
  for (const [name, value] of Object.entries(given)) {
    const isInstant = (name === 'expiresAt' || name === 'startsAt') && typeof value === 'string';
    columns[COLUMNS[name] ?? name] = isInstant ? value.replace('T', ' ').replace('Z', '') : value;
  }
  // The two columns of the day of expiry go together.
  if (given.expiresAt !== undefined) columns.coming_expired = given.expiresAt && String(given.expiresAt).slice(0, 10);
  return columns;
}

export function edit(model: Model, licenseId: string, given: Given): void {
  const license = licenseOf(model, licenseId);
  const changes = differing(license.held, written(given));
  if (Object.keys(changes).length > 0) write(model, license, changes);
}

export function create(model: Model, { id, world }: { id: string; world: number }, given: Given): void {
  const held = { ...NOTHING, status: 'draft', origin: 'internal', ...written(given) };
  newLicense(model, { id, world, held });
}

/** Whether it may be said; what it contradicts is unlinked at once. */
export function override(model: Model, said: ModelOverride): boolean {
  const { kind, sourceKey, licenseId } = said;
  const before = model.overrides.filter((other) => other.sourceKey === sourceKey);
  const isSaid = before.some((other) => other.kind === kind && other.licenseId === licenseId);
  if (!isSaid) {
    if (kind === 'never' && isOwn(model, sourceKey, licenseId)) return false;
    // What came by a consolidation goes back by undoing it.
    if (kind === 'never' && model.links.get(sourceKey)?.licenseId === licenseId && cameByMerge(model, said))
      return false;
    if (before.some((other) => other.licenseId === licenseId)) return false;
    if (before.some((other) => other.kind !== kind && rootOf(model, other.licenseId) === licenseId)) return false;
    if (kind === 'always' && before.some((other) => other.kind === 'always')) return false;
    model.overrides.push(said);
  }
  const link = model.links.get(sourceKey);
  if (link && (link.licenseId === licenseId) === (kind === 'never')) unlink(model, sourceKey, link.licenseId);
  return true;
}

/** Whether a license is all that is left of the one that was made of the record: there is no other it could go to. */
function isOwn(model: Model, sourceKey: string, licenseId: string): boolean {
  const own = licenseIdFor(sourceKey);
  return model.licenses.has(own) && rootOf(model, own) === licenseId;
}

function cameByMerge(model: Model, { sourceKey, licenseId }: ModelOverride): boolean {
  return [...model.merges.values()].some(
    ({ undone, duplicateId, masterId, moved }) =>
      !undone && duplicateId !== null && masterId === licenseId && moved[sourceKey] !== undefined,
  );
}

export function unlink(model: Model, sourceKey: string, licenseId: string): void {
  model.links.delete(sourceKey);
  dropConflicts(model, sourceKey);
  const left = linksOf(model, licenseId);
  const living = left.filter(({ lives }) => lives);
  if (!left.some(({ link }) => link.role === 'primary')) {
    const best = bestOf(
      model,
      (living.length > 0 ? living : left).map((each) => each.sourceKey),
    );
    for (const each of left) {
      if (each.sourceKey === best) Object.assign(each.link, { role: 'primary', base: {}, read: null });
    }
  }
  const license = licenseOf(model, licenseId);
  const status = left.length === 0 ? null : living.length > 0 ? 'synced' : 'vanished';
  const changes = differing(license.held, { external_sync_status: status });
  if (Object.keys(changes).length > 0) write(model, license, changes);
}
