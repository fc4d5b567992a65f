/** Reading a value that a person typed for a field, by the same rules as a record of the API. */
import type { MappedValue } from '../domain/conflicts.ts';
import type { MappedField } from '../domain/mapping.ts';
import {
  readCountid,
  readDay,
  readDecimal,
  readInstant,
  readKeyText,
  readPackage,
  readStatus,
  readText,
} from '../upstream/readers.ts';
import { Unreadable } from '../upstream/unreadable.ts';
import { zoneClock } from '../upstream/zoned-time.ts';
import { Refusal } from './errors.ts';

const READERS: Readonly<Record<MappedField, (value: unknown) => MappedValue>> = {
  dba: (value) => readText('dba', value),
  zip: (value) => readText('zip', value),
  status: readStatus,
  activateDate: (value) => readDay('ActivateDate', value),
  comingExpired: (value) => readDay('Coming_expired', value),
  // Typed, a zero is meant, in whatever spelling.
  monthlyFee: (value) => readDecimal('monthlyFee', value),
  smsBalance: (value) => readDecimal('smsBalance', value),
  appid: (value) => readKeyText('appid', value),
  email: (value) => readKeyText('Email_license', value),
  countid: readCountid,
  mid: (value) => readText('mid', value),
  licenseType: (value) => readText('license_type', value),
  package: readPackage,
  sendbatWorkspace: (value) => readText('Sendbat_workspace', value),
  phone: (value) => readText('phone', value),
  address: (value) => readText('address', value),
  city: (value) => readText('city', value),
  note: (value) => readText('Note', value),
  lastActive: (value) => readInstant('lastActive', value, zoneClock('UTC')),
};

/**
 * The value in external space.
 * @throws {Refusal} `value-invalid`, naming the field and what was expected, never the value.
 */
export function readTyped(field: MappedField, typed: unknown): NonNullable<MappedValue> {
  try {
    const value = READERS[field](typed);
    if (value !== null) return value;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Refusal('value-invalid', error.message);
  }
  throw new Refusal(
    'value-invalid',
    `${field}: expected a value, got an empty one; to empty a field, edit the license`,
  );
}
