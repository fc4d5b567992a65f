/** Small worlds with few keys, so that records and licenses collide, and every spelling that the API is known for. */
import fc from 'fast-check';
import type { FaultSpec, RawRecord } from '../../support/simulator.ts';
import {
  addRecord,
  createLicense,
  editLicense,
  editRecord,
  removeFromUnder,
  removeRecord,
  returnRecords,
  runSync,
  setOverride,
  withdrawOverride,
} from './commands.ts';
import type { Strategy } from './consolidating.ts';
import type { Disturbance } from './disturbing.ts';
import { consolidate, decide, takeBack, undoMerge } from './duplicate-commands.ts';
import type { Given } from './people.ts';
import type { Verdict } from './real-duplicates.ts';
import { firstCountid, type Model, type RunKind } from './state.ts';

/** Worlds in one history: they share its runs, which are what takes time. */
export const WORLDS = 5;
/** Different countids of a world. */
const COUNTIDS = 6;

const WORDS = ['Kestrel', 'Bramble', 'Obsidian', 'Tundra', 'Juniper'];

/** What a whole history is like. */
export const manner = fc.record({
  searching: fc.boolean(),
  twoWay: fc.constantFrom<Model['twoWay']>('none', 'drawn', 'drawn', 'all', 'all'),
  disturbed: fc.boolean(),
});

/** What a world begins with, before the first run. */
export interface Beginning {
  records: RawRecord[];
  licenses: Given[];
}

const oneOf = (...values: unknown[]) => fc.constantFrom(...values);
const countidOf = (world: number) => fc.integer({ min: 1, max: COUNTIDS }).map((n) => firstCountid(world) + n);

/**
 * Businesses of a world that several records may tell of: surely one where all of this is equal, perhaps where a part of it differs. Not in
 * force, so that no two of them need a person for being active twice.
 */
const BUSINESSES = ['Quetzal Plumbing', 'Marigold Bakery'].map((dba, index) => (world: number) => ({
  dba: `${dba} ${WORDS[world]}`,
  Email_license: `${dba.slice(0, 4).toLowerCase()}@${WORDS[world]?.toLowerCase()}${index}.example`,
  phone: `5${world}5-${index}${world}77`,
  address: `${100 + 37 * world + index} ${WORDS[world]} Street`,
  city: 'Houston',
  zip: `77${world}${index}0`,
  status: 0,
}));

/** What a second record of the same business may tell otherwise. */
const variation = (world: number) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.constant({ status: 1 }) },
    { weight: 1, arbitrary: fc.constant({ dba: `Quetzal Plumber ${WORDS[world]}`, Email_license: null }) },
    { weight: 1, arbitrary: fc.constant({ phone: `5${world}5-9999`, Email_license: `else@w${world}.example` }) },
    { weight: 1, arbitrary: fc.constant({ address: null, Email_license: null }) },
  );

/** A record of one of those, under an account of its own. */
const twin = (world: number) =>
  fc
    .tuple(countidOf(world), fc.constantFrom(...BUSINESSES), variation(world))
    .map(([countid, business, differently]): RawRecord & { countid: number } => ({
      countid,
      appid: `T-${countid}`,
      ...business(world),
      ...differently,
    }));

const anyRecord = (world: number) =>
  fc.oneof(
    {
      weight: 2,
      arbitrary: fc
        .tuple(countidOf(world), whole(recordFields(world)))
        .map(([countid, fields]) => ({ countid, ...fields })),
    },
    // What has a key of its own can be sent to.
    {
      weight: 2,
      arbitrary: fc
        .tuple(countidOf(world), whole(recordFields(world)))
        .map(([countid, fields]) => ({ countid, ...fields, appid: `R-${countid}` })),
    },
    { weight: 1, arbitrary: twin(world) },
  );

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
    zip: oneOf(`77${world}01`, `77${world}02`, 77001 + 100 * world, null),
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
    phone: oneOf(`5${world}5-0100`, `5${world}5-0101`, null),
    id: oneOf('x1', 'x2', null),
  };
}

const licenseFields = (world: number): Record<string, fc.Arbitrary<string | number | null>> => ({
  dba: fc.constantFrom('Nails', 'Inside', null),
  zip: fc.constantFrom(`77${world}01`, `77${world}09`, null),
  status: fc.constantFrom('draft', 'active', 'expiring', 'expired', 'pending', 'cancel'),
  expiresAt: fc.constantFrom('2027-03-12T10:00:00.000Z', '2028-01-01T23:59:59.000Z', null),
  startsAt: fc.constantFrom('2026-02-12T08:00:00.000Z', null),
  lastPayment: fc.constantFrom('49.9900', '0.0000', '20.0000', null),
  smsBalance: fc.constantFrom('18.5000', '-3.2500', '100.0000', null),
  notes: fc.constantFrom('inside', null),
  plan: fc.constantFrom('Gold', null),
  phone: fc.constantFrom(`5${world}5-0100`, `5${world}5-0199`, null),
  mid: fc.constantFrom('M1', 'M9', null),
});

/** Those that a run with two ways sends. */
const sentFields = (world: number): Record<string, fc.Arbitrary<string | number | null>> => ({
  dba: fc.constantFrom('Nails', 'Inside', 'Inside again', null),
  zip: fc.constantFrom(`77${world}01`, `77${world}09`, null),
  status: fc.constantFrom('active', 'expiring', 'expired', 'cancel'),
  lastPayment: fc.constantFrom('49.9900', '0.0000', '20.0000', null),
  smsBalance: fc.constantFrom('18.5000', '-3.2500', '100.0000', null),
  notes: fc.constantFrom('inside', 'outside', null),
});

function givenFields(world: number): Record<string, fc.Arbitrary<string | number | null>> {
  return {
    ...licenseFields(world),
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

/** One in four is a business that records tell of, too. */
const anyLicense = (world: number): fc.Arbitrary<Given> =>
  fc.oneof(
    { weight: 3, arbitrary: whole(givenFields(world)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(...BUSINESSES).map((business) => {
        const { Email_license: externalEmail, status: _, ...said } = business(world);
        return { ...said, externalEmail };
      }),
    },
  );

export function beginning(world: number): fc.Arbitrary<Beginning> {
  return fc.record({
    records: fc.uniqueArray(anyRecord(world), { maxLength: 5, selector: ({ countid }) => countid, size: 'max' }),
    licenses: fc.array(anyLicense(world), { maxLength: 3, size: 'max' }),
  });
}

const place = fc.nat({ max: 7 });
const world = fc.nat({ max: WORLDS - 1 });

/** Fields of which a person says whose value stands; mostly none. */
const chosenFields = fc.oneof(
  { weight: 2, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.dictionary(
      fc.constantFrom('dba', 'phone', 'status', 'notes', 'sms_balance', 'appid', 'expires_at'),
      place,
      {
        minKeys: 1,
        maxKeys: 2,
        noNullPrototype: true,
      },
    ),
  },
);
const consolidation = fc.record({
  places: fc.uniqueArray(place, { minLength: 2, maxLength: 3 }),
  strategy: fc.constantFrom<Strategy>('merge_keep_newer', 'keep_master', 'fill_empty'),
  named: fc.boolean(),
  fields: chosenFields,
});
const verdict = fc.record({
  decision: fc.constantFrom<Verdict['decision']>('approve', 'reject', 'reject', 'flag'),
  master: fc.option(place),
  fields: chosenFields,
});

/** What happens in one world, the more frequent the more there is to find. */
const event = world.chain((w) =>
  fc.oneof(
    { weight: 6, arbitrary: fc.tuple(place, some(recordFields(w))).map(([p, fields]) => editRecord(w, p, fields)) },
    { weight: 3, arbitrary: anyRecord(w).map(({ countid, ...fields }) => addRecord(countid, fields)) },
    { weight: 2, arbitrary: place.map((p) => removeRecord(w, p)) },
    { weight: 2, arbitrary: place.map((p) => removeFromUnder(w, p)) },
    { weight: 3, arbitrary: fc.option(place).map((p) => returnRecords(w, p)) },
    { weight: 4, arbitrary: fc.tuple(place, some(givenFields(w))).map(([p, fields]) => editLicense(w, p, fields)) },
    { weight: 5, arbitrary: fc.tuple(place, some(sentFields(w))).map(([p, fields]) => editLicense(w, p, fields)) },
    { weight: 2, arbitrary: anyLicense(w).map((fields) => createLicense(w, fields)) },
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.constantFrom('always' as const, 'always' as const, 'never' as const), place, place)
        .map(([kind, record, license]) => setOverride(w, kind, record, license)),
    },
    { weight: 1, arbitrary: place.map((p) => withdrawOverride(w, p)) },
    { weight: 6, arbitrary: consolidation.map(({ places, ...how }) => consolidate(w, places, how)) },
    { weight: 6, arbitrary: place.map((p) => undoMerge(w, p)) },
    { weight: 4, arbitrary: fc.tuple(place, verdict).map(([p, how]) => decide(w, p, how)) },
    { weight: 2, arbitrary: place.map((p) => takeBack(w, p)) },
  ),
);

/** What the API may do to calls of a run without making it end otherwise. */
const faults = fc.array(
  fc
    .tuple(
      fc.constantFrom('list' as const, 'get' as const, 'put' as const, 'put' as const),
      fc.constantFrom<FaultSpec['name']>(
        'server_error',
        'internal_error_200',
        'reset_mid_body',
        'truncated_json',
        'html_200',
        'rate_limit',
        'latency',
      ),
      fc.integer({ min: 1, max: 2 }),
      fc.nat({ max: 2 }),
    )
    .map(
      ([route, name, times, afterCalls]): FaultSpec => ({
        name,
        route,
        times,
        afterCalls,
        ...(name === 'rate_limit' ? { retryAfter: 0 } : {}),
        ...(name === 'latency' ? { ms: 100 } : {}),
      }),
    ),
  { minLength: 1, maxLength: 3 },
);
/** Those take longer than the others, as long as the API is waited for. */
const lostAnswers = fc
  .tuple(
    fc.constantFrom<FaultSpec['name']>('lost_put_answer', 'lost_put_answer', 'timeout'),
    fc.integer({ min: 1, max: 2 }),
  )
  .map(([name, times]): FaultSpec[] => [{ name, route: 'put', times }]);

const during = fc.constantFrom('list' as const, 'get' as const, 'put' as const, 'put' as const);
const disturbance = fc.oneof(
  { weight: 6, arbitrary: fc.oneof(faults, lostAnswers).map((f): Disturbance => ({ what: 'faults', faults: f })) },
  {
    weight: 3,
    arbitrary: fc.tuple(world, place).map(([w, p]): Disturbance => ({ what: 'refusal', world: w, place: p })),
  },
  {
    weight: 4,
    arbitrary: fc
      .array(
        world.chain((w) =>
          fc.tuple(place, some(recordFields(w))).map(([p, fields]) => ({ world: w, place: p, fields })),
        ),
        { minLength: 1, maxLength: 6 },
      )
      .map((edits): Disturbance => ({ what: 'edits', edits })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('pause' as const, 'cancel' as const), during)
      .map(([what, route]): Disturbance => ({ what, during: route })),
  },
  // A worker that is given up on is waited for longest.
  { weight: 1, arbitrary: during.map((route): Disturbance => ({ what: 'kill', during: route })) },
);

/** Those for which there is no plan cost nothing. */
const run = fc
  .tuple(
    fc.constantFrom<RunKind>(
      ...kinds('full', 3),
      'external',
      'partial',
      ...kinds('dry', 4),
      ...kinds('apply', 6),
      'late',
    ),
    fc.record({
      searching: fc.constantFrom(true, true, false),
      twoWay: fc.constantFrom(true, true, false),
      disturbance: fc.option(disturbance),
    }),
  )
  .map(([kind, how]) => runSync(kind, how));

function kinds(kind: RunKind, times: number): RunKind[] {
  return Array.from({ length: times }, () => kind);
}

/** Up to 160 steps, about one in ten a run; the first few runs are carried out. */
export const history = fc.commands([...Array.from({ length: 9 }, () => event), run], {
  maxCommands: 160,
  size: 'max',
});
