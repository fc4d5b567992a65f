/** What the duplicate search knows of an external record or a license: a subject, named by a ref. */
import { canonicalJson } from './canonical.ts';
import type { ExternalRecord } from './external.ts';
import { rowHash } from './hash.ts';
import type { License } from './license.ts';
import type { Business, Standing } from './matching/business.ts';

/** Business and standing: all that the scorer looks at. */
export interface SubjectContent {
  business: Business;
  standing: Standing;
}

/** The fields of a license that matter to matching, in the order of `Business`. */
export const BUSINESS_FIELDS = ['dba', 'email', 'phone', 'address', 'city', 'zip'] as const;
/** Changes of these fields of a license can change what it resembles. */
export const MATCHING_LICENSE_FIELDS: ReadonlySet<string> = new Set<keyof License>([
  'dba',
  'externalEmail',
  'phone',
  'address',
  'city',
  'zip',
  'status',
  'startsAt',
  'expiresAt',
  'appid',
]);

const LICENSE_PREFIX = 'l:';

/** The ref of a license; that of an external record is its source key. */
export function licenseRef(licenseId: string): string {
  return `${LICENSE_PREFIX}${licenseId}`;
}

/** The license that a ref names; null when it names an external record. */
export function licenseIdOfRef(ref: string): string | null {
  return ref.startsWith(LICENSE_PREFIX) ? ref.slice(LICENSE_PREFIX.length) : null;
}

export function recordContent(record: ExternalRecord): SubjectContent {
  const { dba, email, phone, address, city, zip } = record;
  return {
    business: { dba, email, phone, address, city, zip },
    standing: {
      active: record.status === 1,
      appid: record.appid,
      from: record.activateDate,
      until: record.comingExpired,
    },
  };
}

export function licenseContent(license: License): SubjectContent {
  const { dba, externalEmail: email, phone, address, city, zip } = license;
  return {
    business: { dba, email, phone, address, city, zip },
    standing: {
      active: license.status === 'active' || license.status === 'expiring',
      appid: license.appid,
      from: license.startsAt?.slice(0, 10) ?? null,
      until: license.expiresAt?.slice(0, 10) ?? null,
    },
  };
}

/** Changes when something changes that a verdict was given on. */
export function businessHash({ dba, email, phone, address, city, zip }: Business): string {
  return rowHash(canonicalJson({ dba, email, phone, address, city, zip }));
}

/** Changes when something changes that the scorer looks at. */
export function contentHash({ business, standing }: SubjectContent): string {
  return rowHash(canonicalJson({ business, standing }));
}
