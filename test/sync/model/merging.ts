/** The model's three-way merge of what a record says into what a license holds. */
import { isDeepStrictEqual } from 'node:util';
import { FIELDS, type Field, type Held, type Said, type Value } from './fields.ts';

export interface Clash {
  /** As `field_conflicts` names it. */
  field: string;
  resolution: 'took_external' | 'kept_internal';
  internal: Value;
  external: Value;
}

export interface Merged {
  /** Columns of the license that get another value. */
  changes: Held;
  clashes: Clash[];
  /** What the two agree on afterwards. */
  base: Said;
}

/** @param base what they agreed on last; null when they meet for the first time. */
export function meet(held: Held, base: Said | null, said: Said): Merged {
  const changes: Record<string, Value> = {};
  const clashes: Clash[] = [];
  for (const field of FIELDS) {
    const external = said[field.said] ?? null;
    const agreed = base?.[field.said] ?? null;
    const internal = field.outward(held);
    if (external === null || (agreed !== null && field.same(external, agreed))) continue;
    if (internal !== null && field.same(internal, external)) {
      Object.assign(changes, sameDay(field, external, held));
      continue;
    }
    const { takes, clash } = settle(field, { internal, agreed, isDefault: isDefaultStatus(field, base, held) });
    if (takes) Object.assign(changes, field.inward(external, held));
    const resolution = takes ? 'took_external' : 'kept_internal';
    if (clash) clashes.push({ field: field.name, resolution, internal, external });
  }
  return { changes: differing(held, changes), clashes, base: agreedAfter(base, said) };
}

/** What the two agree on once the record was read: what it says, and what it said before where it says nothing now. */
export function agreedAfter(base: Said | null, said: Said): Said {
  return Object.fromEntries(Object.keys(said).map((column) => [column, said[column] ?? base?.[column] ?? null]));
}

export function differing(held: Held, changes: Held): Held {
  return Object.fromEntries(
    Object.entries(changes).filter(([column, value]) => !isDeepStrictEqual(value, held[column] ?? null)),
  );
}

function settle(
  { policy, same }: Field,
  { internal, agreed, isDefault }: { internal: Value; agreed: Value; isDefault: boolean },
): { takes: boolean; clash: boolean } {
  if (policy === 'observed') return { takes: true, clash: false };
  const empty = internal === null || (typeof internal === 'object' && Object.keys(internal).length === 0);
  const unchanged = isDefault || (internal === null ? agreed === null : agreed !== null && same(internal, agreed));
  if (unchanged) return policy === 'never' && !empty ? { takes: false, clash: true } : { takes: true, clash: false };
  // Nothing is lost by filling what never held anything; what was emptied by a person while the record changed is a clash.
  if (empty) return { takes: true, clash: agreed !== null };
  return { takes: policy === 'wins', clash: true };
}

/** A license made of a record that names no status is `pending` by default, which nobody chose. */
export function isDefaultStatus(field: Field, base: Said | null, held: Held): boolean {
  return field.said === 'status' && base !== null && (base.status ?? null) === null && held.status === 'pending';
}

/** A license keeps the day of expiry twice; when the record comes to say the same day, both hold it. */
function sameDay(field: Field, external: Value, held: Held): Held {
  if (field.said !== 'coming_expired') return {};
  const both = field.inward(external, held);
  return held.expires_at === null ? both : { coming_expired: external };
}
