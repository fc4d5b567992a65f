/** What a license is linked to, and what was asked about it. */
import { type CaseOfLicense, casesOfLicense, type LinkedRecord, linkedRecords } from '../db/license-relations.ts';
import { findLicenseRow } from '../db/licenses.ts';
import type { OperationsDeps } from './deps.ts';
import { Refusal } from './errors.ts';

export type { CaseOfLicense, LinkedRecord } from '../db/license-relations.ts';

export interface LicenseRelations {
  /** The one that feeds the license first; `MAX_RELATED` at most. */
  records: LinkedRecord[];
  /** Duplicate cases that name it, newest first; `MAX_RELATED` at most. */
  cases: CaseOfLicense[];
}

export const MAX_RELATED = 50;

/** @throws {Refusal} `license-not-found` */
export type ReadRelations = (licenseId: string) => Promise<LicenseRelations>;

export function createRelationsReader({ db }: Pick<OperationsDeps, 'db'>): ReadRelations {
  return async (licenseId) => {
    if (!(await findLicenseRow(db, licenseId))) {
      throw new Refusal('license-not-found', `there is no license ${licenseId}`);
    }
    const [records, cases] = await Promise.all([
      linkedRecords(db, licenseId, MAX_RELATED),
      casesOfLicense(db, licenseId, MAX_RELATED),
    ]);
    return { records, cases };
  };
}
