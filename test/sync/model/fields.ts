/**
 * What the model knows of fields: how a record's value and a license's correspond, and who wins when they clash. Written from the
 * design, not from `domain/`, so that a slip there is not repeated here. Names are columns: the mirror's for what a record says,
 * those of `licenses` for what a license holds.
 */
import { isDeepStrictEqual } from 'node:util';

export type Value = string | number | null | Record<string, unknown>;
/** What a record says, by column of the mirror. */
export type Said = Readonly<Record<string, Value>>;
/** What a license holds, by column of `licenses`. */
export type Held = Readonly<Record<string, Value>>;

/**
 * What becomes of a value when both sides changed it: `wins`: the record's is taken; `fills`: only where the license has none; `never`:
 * as `fills`, and what is there stays even when the record alone changed; `observed`: always taken, and no clash.
 */
type Policy = 'wins' | 'fills' | 'never' | 'observed';

export interface Field {
  /** Column of the mirror. */
  said: string;
  /** What conflicts and the values agreed on call it. */
  name: string;
  policy: Policy;
  /** What the license says in the record's words. */
  outward(held: Held): Value;
  /** What taking the value writes. */
  inward(value: Value, held: Held): Held;
  same(a: Value, b: Value): boolean;
}

const folded = (value: Value) => (typeof value === 'string' ? value.trim().toLowerCase() : value);

function plain(said: string, name: string, policy: Policy, held = said): Field {
  return {
    said,
    name,
    policy,
    outward: (license) => license[held] ?? null,
    inward: (value) => ({ [held]: value }),
    same: isDeepStrictEqual,
  };
}

const day = (instant: Value) => (typeof instant === 'string' ? instant.slice(0, 10) : null);
const inForce = (status: Value) => status === 'active' || status === 'expiring';

export const FIELDS: readonly Field[] = [
  plain('dba', 'dba', 'wins'),
  plain('zip', 'zip', 'wins'),
  {
    ...plain('status', 'status', 'wins'),
    outward: ({ status = null }) => (inForce(status) ? 1 : 0),
    inward: (value, { status = null }) => ({ status: value === 1 ? statusOn(status) : statusOff(status) }),
  },
  {
    ...plain('activate_date', 'activateDate', 'wins', 'starts_at'),
    outward: ({ starts_at = null }) => day(starts_at),
    inward: (value) => ({ starts_at: `${value} 00:00:00.000` }),
  },
  {
    ...plain('coming_expired', 'comingExpired', 'wins'),
    outward: ({ expires_at = null, coming_expired = null }) => day(expires_at) ?? coming_expired,
    inward: (value) => ({ coming_expired: value, expires_at: `${value} 23:59:59.000` }),
  },
  plain('monthly_fee', 'monthlyFee', 'wins', 'last_payment'),
  plain('sms_balance', 'smsBalance', 'fills'),
  { ...plain('appid', 'appid', 'fills'), same: (a, b) => folded(a) === folded(b) },
  { ...plain('external_email', 'email', 'fills'), same: (a, b) => folded(a) === folded(b) },
  plain('countid', 'countid', 'fills'),
  plain('mid', 'mid', 'fills'),
  plain('license_type', 'licenseType', 'fills'),
  plain('package_data', 'package', 'fills'),
  plain('sendbat_workspace', 'sendbatWorkspace', 'fills'),
  plain('phone', 'phone', 'fills'),
  plain('address', 'address', 'fills'),
  plain('city', 'city', 'fills'),
  plain('note', 'note', 'never', 'notes'),
  plain('last_active', 'lastActive', 'observed'),
];

/** The form in which appids, e-mail addresses and countids are compared; null for none. */
export function keyIn(values: Said | Held, column: 'appid' | 'external_email' | 'countid'): Value {
  return folded(values[column] ?? null) || null;
}

function statusOn(status: Value): Value {
  return status === 'expiring' ? 'expiring' : 'active';
}

function statusOff(status: Value): Value {
  return status === 'expired' || status === 'pending' || status === 'draft' ? status : 'cancel';
}
