/**
 * The external record as the rest of the product sees it: read once by `upstream/contract.ts`, normalised, without `pass`.
 * Staged (`sync_rows.content`), mirrored (`external_licenses`) and agreed on (`license_links.base`) in this one form.
 */

/** Decimal with exactly four places, e.g. "49.9900"; never a float. */
export type Decimal = string;
/** Calendar day, `YYYY-MM-DD`. */
export type Day = string;
/** UTC instant with milliseconds, `2026-02-14T15:30:00.000Z`. */
export type Instant = string;

/** Every field is null when the API sent null, nothing, or a known spelling of nothing (`0000-00-00`, an empty string). */
export interface ExternalRecord {
  countid: number | null;
  /** Upstream's own id; null in about one record of ten, so it identifies nothing. */
  id: string | null;
  /** As sent, trimmed. */
  appid: string | null;
  licenseType: string | null;
  dba: string | null;
  zip: string | null;
  mid: string | null;
  status: 0 | 1 | null;
  activateDate: Day | null;
  comingExpired: Day | null;
  /** Null as well for a zero sent as text: only a number 0 is a statement about the fee. */
  monthlyFee: Decimal | null;
  /** May be negative. */
  smsBalance: Decimal | null;
  email: string | null;
  package: Record<string, unknown> | null;
  note: string | null;
  sendbatWorkspace: string | null;
  lastActive: Instant | null;
  phone: string | null;
  address: string | null;
  city: string | null;
  /** Keys the contract does not know, as sent; null when there are none. */
  extra: Record<string, unknown> | null;
}

/** A record that says nothing: as the values last agreed on, it makes the next merge a first meeting. */
export const NOTHING_SAID: Readonly<ExternalRecord> = {
  countid: null,
  id: null,
  appid: null,
  licenseType: null,
  dba: null,
  zip: null,
  mid: null,
  status: null,
  activateDate: null,
  comingExpired: null,
  monthlyFee: null,
  smsBalance: null,
  email: null,
  package: null,
  note: null,
  sendbatWorkspace: null,
  lastActive: null,
  phone: null,
  address: null,
  city: null,
  extra: null,
};
