import { canonicalJson } from './canonical.ts';
import type { Day, Decimal, ExternalRecord, Instant } from './external.ts';
import { appidKey, emailKey, licenseIdFor, licenseKeyFor } from './identity.ts';
import type { License, LicenseFields, LicenseStatus } from './license.ts';
import { decimal, equalDecimals } from './money.ts';

/** The fields of an external record that feed a license; upstream's own id and unknown keys stay in the mirror. */
export type MappedField = Exclude<keyof ExternalRecord, 'id' | 'extra'>;

/** A license as the external system would describe it. */
export type ExternalView = Pick<ExternalRecord, MappedField>;

/**
 * What happens to a field when both sides changed it, or when they differ on first acquaintance:
 * - `external_wins`: the external value is taken;
 * - `fill_empty`: it is taken where the license has none, else the internal value stays;
 * - `fill_only`: as `fill_empty`, and a change made upstream alone does not overwrite either;
 * - `observed`: the external value is taken and it is no clash, for nobody edits it inside.
 */
export type FieldPolicy = 'external_wins' | 'fill_empty' | 'fill_only' | 'observed';

type Value<F extends MappedField> = NonNullable<ExternalRecord[F]>;

/** How one external field and the license correspond, in both directions. */
export interface FieldMapping<F extends MappedField> {
  policy: FieldPolicy;
  /** The license fields that the value sets; `license` is null when one is being created. */
  inward(value: Value<F>, license: License | null): Partial<LicenseFields>;
  /** What the license says in external space; may lose detail, such as the time of a day. */
  outward(license: License): ExternalRecord[F];
  /** Whether two values say the same. */
  equal(a: Value<F>, b: Value<F>): boolean;
}

/** THE table: every external field that means something to a license, with its policy. */
export const FIELD_MAPPINGS: { readonly [F in MappedField]: FieldMapping<F> } = {
  dba: sameNamed('dba', 'external_wins'),
  zip: sameNamed('zip', 'external_wins'),
  status: {
    policy: 'external_wins',
    inward: (value, license) => ({ status: statusInward(value, license?.status ?? null) }),
    outward: (license) => (license.status === 'active' || license.status === 'expiring' ? 1 : 0),
    equal: Object.is,
  },
  activateDate: {
    policy: 'external_wins',
    inward: (day) => ({ startsAt: startOfDay(day) }),
    outward: (license) => dayOf(license.startsAt),
    equal: Object.is,
  },
  comingExpired: {
    policy: 'external_wins',
    inward: (day) => ({ comingExpired: day, expiresAt: endOfDay(day) }),
    outward: (license) => dayOf(license.expiresAt) ?? license.comingExpired,
    equal: Object.is,
  },
  monthlyFee: money('lastPayment', 'external_wins'),
  smsBalance: money('smsBalance', 'fill_empty'),
  appid: {
    ...sameNamed('appid', 'fill_empty'),
    equal: (a, b) => appidKey(a) === appidKey(b),
  },
  email: {
    policy: 'fill_empty',
    inward: (value) => ({ externalEmail: value }),
    outward: (license) => license.externalEmail,
    equal: (a, b) => emailKey(a) === emailKey(b),
  },
  countid: sameNamed('countid', 'fill_empty'),
  mid: sameNamed('mid', 'fill_empty'),
  licenseType: sameNamed('licenseType', 'fill_empty'),
  package: {
    policy: 'fill_empty',
    inward: (value) => ({ packageData: value }),
    outward: (license) => license.packageData,
    equal: (a, b) => canonicalJson(a) === canonicalJson(b),
  },
  sendbatWorkspace: sameNamed('sendbatWorkspace', 'fill_empty'),
  phone: sameNamed('phone', 'fill_empty'),
  address: sameNamed('address', 'fill_empty'),
  city: sameNamed('city', 'fill_empty'),
  note: {
    policy: 'fill_only',
    inward: (value) => ({ notes: value }),
    outward: (license) => license.notes,
    equal: Object.is,
  },
  lastActive: sameNamed('lastActive', 'observed'),
};

/** The mapped fields in the order of the table. */
export const MAPPED_FIELDS = Object.keys(FIELD_MAPPINGS) as readonly MappedField[];

/** A value that says something: blank text says no more than null does. */
export function said<T>(value: T | null | undefined): T | null {
  if (typeof value === 'string' && value.trim() === '') return null;
  return value ?? null;
}

/** Whether two values of a field say the same, each in its own spelling; saying nothing equals only saying nothing. */
export function sameValue<F extends MappedField>(field: F, a: ExternalRecord[F], b: ExternalRecord[F]): boolean {
  if (a === null || b === null) return a === b;
  return FIELD_MAPPINGS[field].equal(a, b);
}

/**
 * The license fields that one external value sets; none when it says nothing.
 * @param current the license as it stands, whose finer status is kept where it agrees; null when one is being created.
 */
export function fieldsFrom<F extends MappedField>(
  field: F,
  value: ExternalRecord[F],
  current: License | null,
): Partial<LicenseFields> {
  const spoken = said(value);
  return spoken === null ? {} : FIELD_MAPPINGS[field].inward(spoken, current);
}

/** What a whole record says about a license, fields it does not speak of left out. Parameters as in `fieldsFrom`. */
export function toLicenseFields(record: ExternalRecord, current: License | null): Partial<LicenseFields> {
  const fields: Partial<LicenseFields> = {};
  for (const field of MAPPED_FIELDS) Object.assign(fields, fieldsFrom(field, record[field], current));
  return fields;
}

/** The license in external space, blank text as null. */
export function toExternalView(license: License): ExternalView {
  return Object.fromEntries(
    MAPPED_FIELDS.map((field) => [field, said(FIELD_MAPPINGS[field].outward(license))]),
  ) as unknown as ExternalView;
}

/**
 * The license that a record without a counterpart becomes. What the record does not say gets a default: status `pending` (nobody
 * has said whether it is active), product from the license type, plan `Basic` when the package has `basic` on, else `Custom`, term
 * `monthly`, one seat, none used, no messages bought or sent, no agents. Id and key depend on the source key alone.
 */
export function createLicense(record: ExternalRecord, sourceKey: string): License {
  return {
    id: licenseIdFor(sourceKey),
    key: licenseKeyFor(sourceKey),
    product: said(record.licenseType),
    plan: isOn(record.package?.basic) ? 'Basic' : 'Custom',
    status: 'pending',
    term: 'monthly',
    seatsTotal: 1,
    seatsUsed: 0,
    startsAt: null,
    expiresAt: null,
    dba: null,
    zip: null,
    lastPayment: null,
    smsPurchased: 0,
    smsSent: 0,
    smsBalance: null,
    agents: 0,
    agentsName: null,
    agentsCost: null,
    notes: null,
    appid: null,
    countid: null,
    mid: null,
    licenseType: null,
    packageData: null,
    sendbatWorkspace: null,
    comingExpired: null,
    externalEmail: null,
    phone: null,
    address: null,
    city: null,
    lastActive: null,
    ...toLicenseFields(record, null),
    origin: 'external',
    externalSyncStatus: 'synced',
  };
}

type SameNamedField = MappedField & keyof LicenseFields;
type MoneyMapping = FieldMapping<'monthlyFee'> & FieldMapping<'smsBalance'>;

/** A field that has one name and one form on both sides. */
function sameNamed<F extends SameNamedField>(field: F, policy: FieldPolicy): FieldMapping<F> {
  return {
    policy,
    inward: (value) => ({ [field]: value }) as Partial<LicenseFields>,
    outward: (license) => license[field] as ExternalRecord[F],
    equal: Object.is,
  };
}

function money(internal: 'lastPayment' | 'smsBalance', policy: FieldPolicy): MoneyMapping {
  return {
    policy,
    inward: (value: Decimal) => ({ [internal]: decimal(value) }) as Partial<LicenseFields>,
    outward: (license: License) => (license[internal] === null ? null : decimal(license[internal])),
    equal: equalDecimals,
  };
}

/** The external system knows two states, the license six: the finer one stays wherever it does not contradict. */
function statusInward(value: 0 | 1, current: LicenseStatus | null): LicenseStatus {
  if (value === 1) return current === 'expiring' ? 'expiring' : 'active';
  return current === 'expired' || current === 'pending' || current === 'draft' ? current : 'cancel';
}

function startOfDay(day: Day): Instant {
  return `${day}T00:00:00.000Z`;
}

function endOfDay(day: Day): Instant {
  return `${day}T23:59:59.000Z`;
}

function dayOf(instant: Instant | null): Day | null {
  return instant?.slice(0, 10) ?? null;
}

/** Packages are switched on by true, 1 or their spellings as text. */
function isOn(value: unknown): boolean {
  return Boolean(value) && value !== '0' && value !== 'false';
}
