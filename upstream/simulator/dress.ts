/** Dresses a business as a license record, with the quirks of the real feed, each about as often as given here. */
import type { Business } from './business.ts';
import type { Draws } from './random.ts';
import { KEY_VARIANTS, type RawRecord } from './record.ts';
import { NOTES } from './vocabulary.ts';

export interface Undressed {
  countid: number;
  business: Business;
  appid: string | number | null;
  email: string | null;
  /** A number of its own for everything that has to be unique. */
  code: number;
  draws: Draws;
}

const MINUTES_A_DAY = 1440;
/** Calendar days 2021-01-01 to 2028-12-31, written once: formatting dates is most of the work otherwise. */
const DAYS = Array.from({ length: 2922 }, (_, day) => new Date(Date.UTC(2021, 0, 1 + day)).toISOString().slice(0, 10));
const AMERICAN_DAYS = DAYS.map((iso) => `${iso.slice(5, 7)}/${iso.slice(8)}/${iso.slice(0, 4)}`);
const CLOCK = Array.from({ length: MINUTES_A_DAY }, (_, m) => `${two(Math.floor(m / 60))}:${two(m % 60)}`);
/** No activation is younger than this day (2026-03-01), no activity younger than the day after. */
const LATEST_ACTIVATION = 1885;

/** Every value is one the contract can read, and no countid is given twice: broken rows are the business of the faults. */
export function dress({ countid, business, appid, email, code, draws }: Undressed): RawRecord {
  const activated = draws.below(LATEST_ACTIVATION);
  const row: RawRecord = {
    countid,
    id: draws.chance(0.1) ? null : `k${code.toString(16)}`,
    appid,
    license_type: typeOf(draws.next()),
    dba: business.dba,
    zip: draws.chance(0.03) ? null : business.zip,
    mid: draws.chance(0.05) ? null : `M${code}`,
    status: statusFrom(draws.next()),
  };
  row[draws.chance(0.03) ? KEY_VARIANTS.ActivateDate[1] : KEY_VARIANTS.ActivateDate[0]] = dateText(
    activated,
    draws.next(),
  );
  if (!draws.chance(0.02)) {
    row[KEY_VARIANTS.Coming_expired[variant(draws.next())]] = dateText(expiry(activated, draws), draws.next());
  }
  row.monthlyFee = feeOf(draws);
  if (!draws.chance(0.01)) row[KEY_VARIANTS.smsBalance[variant(draws.next())]] = balanceOf(draws);
  row.Email_license = email;
  row.pass = `pw-${(code ^ 0x2a5f).toString(36)}`;
  row.Package = packageOf(draws);
  row.Note = draws.chance(0.15) ? draws.pick(NOTES) : '';
  row.Sendbat_workspace = draws.chance(0.4) ? null : `ws-${code % 100_000}`;
  row.lastActive = draws.chance(0.1) ? null : activityOf(activated, draws);
  if (draws.chance(0.88)) row.phone = business.phone;
  if (draws.chance(0.92)) {
    row.address = business.address;
    row.city = business.city;
  }
  if (draws.chance(0.01)) row.loyalty_points = draws.below(5000);
  if (draws.chance(0.005)) row.sales_region = { code: draws.below(12), name: 'South' };
  return row;
}

function typeOf(draw: number): string {
  if (draw < 0.82) return 'product';
  return draw < 0.96 ? 'demo' : 'reseller';
}

function statusFrom(draw: number): number | string {
  if (draw < 0.72) return 1;
  if (draw < 0.92) return 0;
  if (draw < 0.95) return '1';
  return draw < 0.98 ? 'active' : 'inactive';
}

/** Mostly the usual key, now and then one of the two others. */
function variant(draw: number): 0 | 1 | 2 {
  if (draw < 0.95) return 0;
  return draw < 0.975 ? 1 : 2;
}

function dateText(day: number, draw: number): string {
  if (draw < 0.94) return AMERICAN_DAYS[day] ?? '';
  return draw < 0.985 ? (DAYS[day] ?? '') : '0000-00-00';
}

/** Mostly some months after activation; now and then the same day, or before it. */
function expiry(activated: number, draws: Draws): number {
  const kind = draws.next();
  if (kind < 0.03) return activated;
  if (kind < 0.05) return Math.max(0, activated - 1 - draws.below(60));
  return activated + 30 * (1 + draws.below(30));
}

function feeOf(draws: Draws): number | string | null {
  const kind = draws.next();
  if (kind < 0.02) return null;
  if (kind < 0.07) return 0;
  const fee = (1995 + 500 * draws.below(24)) / 100;
  return kind < 0.09 ? fee.toFixed(2) : fee;
}

function balanceOf(draws: Draws): number {
  const kind = draws.next();
  if (kind < 0.05) return 0;
  // One division each, so that the decimals come out exact.
  if (kind < 0.1) return -(1 + draws.below(120_000)) / 100;
  return kind < 0.6 ? draws.below(1200) : draws.below(480_000) / 400;
}

function packageOf(draws: Draws): unknown {
  const flags = draws.below(16);
  const kind = draws.next();
  const has = (bit: number): boolean | number => (kind < 0.15 ? Number((flags & bit) > 0) : (flags & bit) > 0);
  const content = { basic: has(1), print_check: has(2), staff_performance: has(4), sms_package_6000: has(8) };
  return kind > 0.96 ? JSON.stringify(content) : content;
}

function activityOf(activated: number, draws: Draws): string {
  const day = activated + draws.below(LATEST_ACTIVATION + 2 - activated);
  return `${AMERICAN_DAYS[day]} ${CLOCK[draws.below(MINUTES_A_DAY)]}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
