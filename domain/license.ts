import type { Day, Decimal, Instant } from './external.ts';

/** The states of a license, as in the original system. */
export const LICENSE_STATUSES = ['draft', 'active', 'expiring', 'expired', 'pending', 'cancel'] as const;
export type LicenseStatus = (typeof LICENSE_STATUSES)[number];

/** How a license stands towards the external record that feeds it; null when none does. */
export type ExternalSyncStatus = 'synced' | 'vanished';

/** The unified license: internal business fields beside those that an external record feeds. */
export interface License {
  /** UUID. */
  id: string;
  /** Unique, printed on the license. */
  key: string;
  product: string | null;
  plan: string | null;
  status: LicenseStatus;
  term: string | null;
  seatsTotal: number | null;
  seatsUsed: number | null;
  startsAt: Instant | null;
  expiresAt: Instant | null;
  dba: string | null;
  zip: string | null;
  lastPayment: Decimal | null;
  smsPurchased: number | null;
  smsSent: number | null;
  smsBalance: Decimal | null;
  agents: number | null;
  agentsName: string | null;
  agentsCost: Decimal | null;
  notes: string | null;
  appid: string | null;
  countid: number | null;
  mid: string | null;
  licenseType: string | null;
  packageData: Record<string, unknown> | null;
  sendbatWorkspace: string | null;
  comingExpired: Day | null;
  externalEmail: string | null;
  phone: string | null;
  address: string | null;
  city: string | null;
  lastActive: Instant | null;
  /** Where the license came from. */
  origin: 'internal' | 'external' | 'import';
  externalSyncStatus: ExternalSyncStatus | null;
}

/** The license's fields that the mapping may write. */
export type LicenseFields = Omit<License, 'id' | 'key' | 'origin' | 'externalSyncStatus'>;
export type LicenseField = keyof LicenseFields;
