/** Small worlds with few keys, so that records and licenses collide, and every spelling that the API is known for. */
import fc from 'fast-check';
import type { RawRecord } from '../../support/simulator.ts';
import {
  addRecord,
  createLicense,
  editLicense,
  editRecord,
  type RunKind,
  removeFromUnder,
  removeRecord,
  returnRecords,
  runSync,
  setOverride,
  withdrawOverride,
} from './commands.ts';
import type { Given } from './people.ts';
import { firstCountid } from './state.ts';

/** Worlds in one history: they share its runs, which are what takes time. */
export const WORLDS = 5;
/** Different countids of a world. */
const COUNTIDS = 6;

/** What a world begins with, before the first run. */
export interface Beginning {
  records: RawRecord[];
  licenses: Given[];
}

const oneOf = (...values: unknown[]) => fc.constantFrom(...values);
const countidOf = (world: number) => fc.integer({ min: 1, max: COUNTIDS }).map((n) => firstCountid(world) + n);

function recordFields(world: number): Record<string, fc.Arbitrary<unknown>> {
  return {
    appid: oneOf(
      `W${world}-A`,
      ` w${world}-a `,
      `w${world}-A`,
      `EXT-W${world}`,
      `w${world}-b`,
      world * 1000 + 7,
      null,
      '',
    ),
    Email_license: oneOf(`a@w${world}.example`, ` A@W${world}.example`, `b@w${world}.example`, null, ''),
    dba: oneOf('Nails', 'Spa', ' Spa ', 'NAILS', null, '  '),
    zip: oneOf('77001', '77002', 77001, null),
    status: oneOf(1, 0, '1', '0', 'active', 'inactive', null),
    ActivateDate: oneOf('02/12/2026', '2026-02-12', '03/01/2026', '0000-00-00', null),
    Coming_expired: oneOf('03/12/2027', '2027-03-12', '04/01/2027', null),
    monthlyFee: oneOf(49.99, '49.99', 0, '0', 12.5, null),
    smsBalance: oneOf(18.5, '18.50', 0, '0', -3.25, null),
    mid: oneOf('M1', 'M2', null),
    license_type: oneOf('product', 'demo', null),
    Package: oneOf({ basic: true }, '{"basic":true}', { basic: 0, other: 1 }, {}, null),
    Note: oneOf('outside', 'outside again', '', null),
    lastActive: oneOf('02/14/2026 09:30', '02/15/2026 10:00', null),
    phone: oneOf('555-0100', '555-0101', null),
    id: oneOf('x1', 'x2', null),
  };
}

const licenseFields: Record<string, fc.Arbitrary<string | number | null>> = {
  dba: fc.constantFrom('Nails', 'Inside', null),
  zip: fc.constantFrom('77001', '77009', null),
  status: fc.constantFrom('draft', 'active', 'expiring', 'expired', 'pending', 'cancel'),
  expiresAt: fc.constantFrom('2027-03-12T10:00:00.000Z', '2028-01-01T23:59:59.000Z', null),
  startsAt: fc.constantFrom('2026-02-12T08:00:00.000Z', null),
  lastPayment: fc.constantFrom('49.9900', '0.0000', '20.0000', null),
  smsBalance: fc.constantFrom('18.5000', '-3.2500', '100.0000', null),
  notes: fc.constantFrom('inside', null),
  plan: fc.constantFrom('Gold', null),
  phone: fc.constantFrom('555-0100', '555-0199', null),
  mid: fc.constantFrom('M1', 'M9', null),
};

function givenFields(world: number): Record<string, fc.Arbitrary<string | number | null>> {
  return {
    ...licenseFields,
    appid: fc.constantFrom(`w${world}-a`, `W${world}-B`, `ext-w${world}`, null),
    externalEmail: fc.constantFrom(`a@w${world}.example`, `B@w${world}.example`, null),
    countid: fc.option(countidOf(world)),
  };
}

/** About half of the fields. */
function whole<T>(fields: Record<string, fc.Arbitrary<T>>): fc.Arbitrary<Record<string, T>> {
  return fc.record(fields, { requiredKeys: [], noNullPrototype: true }) as fc.Arbitrary<Record<string, T>>;
}

/** A few of the fields: an edit. */
function some<T>(fields: Record<string, fc.Arbitrary<T>>): fc.Arbitrary<Record<string, T>> {
  return fc
    .subarray(Object.keys(fields), { minLength: 1, maxLength: 3 })
    .chain((names) => fc.record(Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)))));
}

export function beginning(world: number): fc.Arbitrary<Beginning> {
  return fc.record({
    records: fc.uniqueArray(
      fc
        .tuple(countidOf(world), whole(recordFields(world)))
        .map(([countid, fields]): RawRecord => ({ countid, ...fields })),
      { maxLength: 5, selector: ({ countid }) => countid, size: 'max' },
    ),
    licenses: fc.array(whole(givenFields(world)), { maxLength: 3, size: 'max' }),
  });
}

const place = fc.nat({ max: 7 });
const world = fc.nat({ max: WORLDS - 1 });

/** What happens in one world, the more frequent the more there is to find. */
const event = world.chain((w) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(place, some(recordFields(w))).map(([p, fields]) => editRecord(w, p, fields)) },
    { weight: 3, arbitrary: fc.tuple(countidOf(w), whole(recordFields(w))).map(([c, fields]) => addRecord(c, fields)) },
    { weight: 2, arbitrary: place.map((p) => removeRecord(w, p)) },
    { weight: 2, arbitrary: place.map((p) => removeFromUnder(w, p)) },
    { weight: 3, arbitrary: fc.option(place).map((p) => returnRecords(w, p)) },
    { weight: 4, arbitrary: fc.tuple(place, some(givenFields(w))).map(([p, fields]) => editLicense(w, p, fields)) },
    { weight: 2, arbitrary: whole(givenFields(w)).map((fields) => createLicense(w, fields)) },
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.constantFrom('always' as const, 'always' as const, 'never' as const), place, place)
        .map(([kind, record, license]) => setOverride(w, kind, record, license)),
    },
    { weight: 1, arbitrary: place.map((p) => withdrawOverride(w, p)) },
  ),
);

/** Those for which there is no plan cost nothing. */
const run = fc
  .constantFrom<RunKind>(...kinds('full', 3), 'external', 'partial', ...kinds('dry', 4), ...kinds('apply', 6), 'late')
  .map(runSync);

function kinds(kind: RunKind, times: number): RunKind[] {
  return Array.from({ length: times }, () => kind);
}

/** Up to 160 steps, about one in ten a run; the first few runs are carried out. */
export const history = fc.commands([...Array.from({ length: 9 }, () => event), run], {
  maxCommands: 160,
  size: 'max',
});
