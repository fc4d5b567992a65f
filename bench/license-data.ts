/** Licenses for measuring: varied as real ones are, and the same every time; and what lists of them are asked for. */
import { Draws } from '../upstream/simulator/random.ts';
import { ENDS, MIDDLES, ONSETS, TRADES } from '../upstream/simulator/vocabulary.ts';

const SEED = 4;
const COLUMNS = [
  'key',
  'product',
  'plan',
  'status',
  'term',
  'seatsTotal',
  'startsAt',
  'expiresAt',
  'dba',
  'zip',
  'lastPayment',
  'smsBalance',
  'notes',
  'appid',
  'countid',
  'mid',
  'license_type',
  'package_data',
  'external_email',
  'phone',
];
const DAY_MS = 86_400_000;
const PACKAGE = '"{""basic"":true,""print_check"":true,""staff_performance"":false,""sms_package_6000"":true}"';

/** A file for the import with so many licenses. */
export function licenseCsv(licenses: number): string {
  const lines = [COLUMNS.join(',')];
  for (let n = 0; n < licenses; n += 1) lines.push(line(n));
  return `${lines.join('\n')}\n`;
}

function line(n: number): string {
  const draws = new Draws(SEED, n);
  const name = () => draws.pick(ONSETS) + draws.pick(MIDDLES) + draws.pick(ENDS);
  const rare = draws.chance(0.0005);
  return [
    `B-${n}`,
    rare ? 'Enterprise' : draws.pick(['product', 'demo', 'product', 'ABC Software']),
    rare ? 'Unlimited' : draws.pick(['Basic', 'Custom', 'Premium']),
    draws.pick(['active', 'active', 'active', 'active', 'cancel', 'expired', 'pending', 'expiring', 'draft']),
    draws.pick(['monthly', 'yearly']),
    1 + draws.below(20),
    day(draws.below(700)),
    day(700 + draws.below(700)),
    `${name()} ${draws.pick(TRADES)}`,
    10_000 + draws.below(80_000),
    (draws.below(20_000) / 100).toFixed(2),
    (draws.below(20_000) / 100 - 50).toFixed(2),
    draws.chance(0.3)
      ? 'a note about this customer that is as long as notes are when someone has had a call with them'
      : '',
    `vb${n.toString(36)}x`,
    n,
    `M${draws.below(90_000)}`,
    draws.pick(['product', 'demo']),
    PACKAGE,
    `owner${n}@example${draws.below(500)}.com`,
    draws.chance(0.2) ? `+1 555 ${draws.below(10_000)}` : '',
  ].join(',');
}

/** Query strings for the check for duplicates by what they ask with, `each` of every kind. */
export function checkQueries(licenses: number, each: number): Record<string, string[]> {
  const asked = (build: (n: number) => Record<string, string>) =>
    Array.from({ length: each }, (_, at) => new URLSearchParams(build(Math.floor((at * licenses) / each))).toString());
  const cells = (n: number) => line(n).split(',');
  const dba = (n: number) => cells(n)[COLUMNS.indexOf('dba')] ?? '';
  const zip = (n: number) => cells(n)[COLUMNS.indexOf('zip')] ?? '';
  const email = (n: number) => /owner\d+@[a-z0-9.]+/.exec(line(n))?.[0] ?? '';
  return {
    'name and ZIP, as they are': asked((n) => ({ dba: dba(n), zip: zip(n) })),
    'name misspelt, e-mail': asked((n) => ({
      dba: `${dba(n).slice(0, 5)}${dba(n).slice(6)}`,
      zip: zip(n),
      email: email(n),
    })),
    'name alone': asked((n) => ({ dba: dba(n) })),
    'another person of a company': asked((n) => ({ dba: dba(n), email: `someone@${email(n).split('@')[1]}` })),
    'nobody known': asked((n) => ({ dba: `Unheard ${n} Of`, zip: '00501', phone: `+1 907 555 ${1000 + (n % 9000)}` })),
  };
}

/** Query strings by what they ask for: single filters with several values each, then orders and places. */
export function listQueries(): Record<string, string[]> {
  return {
    'no filter': [''],
    status: ['status=active', 'status=draft', 'status=active,expiring', 'status=cancel'],
    hasExternalData: ['hasExternalData=true', 'hasExternalData=false'],
    'search: appid': ['search=vb2s0x', 'search=EXT-vb4fx', 'search=nosuchappid'],
    'search: words': [
      'search=nail',
      'search=valencia',
      'search=vaLENcia+nail',
      'search=nosuchword',
      'search=barber+shop',
    ],
    'search: other keys': ['search=B-777', 'search=4321', 'search=owner5@example.com', 'search=M777', 'search=54321'],
    key: ['key=B-1', 'key=B-99999', 'key=nosuch'],
    appid: ['appid=vb2s0x', 'appid=nosuch'],
    countid: ['countid=5', 'countid=77777'],
    mid: ['mid=M1', 'mid=M777', 'mid=M89999', 'mid=nosuch'],
    dba: ['dba=nails', 'dba=valencia', 'dba=day+spa', 'dba=qqq'],
    zip: ['zip=12345', 'zip=54321', 'zip=nosuch'],
    license_type: ['license_type=demo', 'license_type=nosuch'],
    product: ['product=product', 'product=ABC+Software', 'product=Enterprise', 'product=nosuch'],
    plan: ['plan=Basic', 'plan=Unlimited', 'plan=nosuch'],
    term: ['term=yearly', 'term=nosuch'],
    origin: ['origin=external', 'origin=internal', 'origin=import'],
    external_sync_status: ['external_sync_status=synced', 'external_sync_status=vanished'],
    last_external_sync: [
      'last_external_sync=2026-01-05',
      'last_external_sync=2026-01-01/2026-01-20',
      'last_external_sync=/2020-01-01',
    ],
    email: ['email=owner5@example.com', 'email=nobody@example.com'],
    archived: ['archived=true'],
    updatedSince: ['updatedSince=2026-01-30', 'updatedSince=2026-01-02', 'updatedSince=2027-01-01'],
    'two filters': ['status=active&plan=Basic', 'status=draft&product=Enterprise', 'dba=spa&zip=12345'],
    'by cursor': [
      `cursor=${cursor('2025-06-01 00:00:00.000')}`,
      `status=active&cursor=${cursor('2025-03-01 00:00:00.000')}`,
    ],
    'page 100': ['page=100', 'page=100&status=active'],
  };
}

function cursor(createdAt: string): string {
  const place = ['createdAt', 'desc', createdAt, '80000000-0000-8000-8000-000000000000'];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function day(after: number): string {
  return new Date(Date.UTC(2025, 0, 1) + after * DAY_MS).toISOString().slice(0, 10);
}
