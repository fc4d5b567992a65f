/** Duplicate cases over licenses of a test's own, as a run opens them. */
import { randomUUID } from 'node:crypto';
import { openCases } from '../../db/case-opening.ts';
import { type Db, sqlInstant } from '../../db/connect.ts';
import { insertLicense } from '../../db/licenses.ts';
import { inTransaction } from '../../db/retry.ts';
import type { License } from '../../domain/license.ts';
import { newLicense } from '../../domain/license-edit.ts';
import { prepare } from '../../domain/matching/business.ts';
import { scorePair } from '../../domain/matching/score.ts';
import { countRecords } from '../../domain/matching/statistics.ts';
import { businessHash, licenseContent, licenseRef } from '../../domain/matching-subject.ts';
import { pairsOf } from '../../domain/reviews.ts';

export interface SeededCase {
  id: number;
  licenseIds: string[];
}

let made = 0;

/** A license that is in nobody's way. */
export async function seedLicense(db: Db, fields: Partial<License> = {}): Promise<License> {
  made += 1;
  const id = randomUUID();
  const license: License = {
    ...newLicense(
      { id, key: `TEST-${made}-${id.slice(0, 8)}`, origin: 'internal' },
      { dba: `Business ${made}`, city: 'Austin', ...fields },
    ),
  };
  await inTransaction(db, (trx) => insertLicense(trx, license, 'test'));
  return license;
}

/** A case over these licenses. */
export async function seedCase(
  db: Db,
  licenses: readonly License[],
  { confidence = 80, priority = 100 }: { confidence?: number; priority?: number } = {},
): Promise<SeededCase> {
  const members = licenses.map((license) => ({ ref: licenseRef(license.id), license, ...licenseContent(license) }));
  const statistics = countRecords(members.map(({ business }) => prepare(business, null)));
  const pairs = pairsOf(members).map(([a, b]) => ({
    a: a.ref,
    b: b.ref,
    score: scorePair(prepare(a.business, a.standing), prepare(b.business, b.standing), statistics),
  }));
  await inTransaction(db, (trx) =>
    openCases(
      trx,
      [
        {
          kind: 'internal',
          reason: 'review_band',
          confidence,
          priority,
          explanation: { pairs, returned: null },
          members: members.map(({ ref, license, business }) => ({
            ref,
            licenseId: license.id,
            business: JSON.stringify(business),
            businessHash: businessHash(business),
          })),
        },
      ],
      { operation: null, now: sqlInstant(Date.now()) },
    ),
  );
  const { case_id: id } = await db
    .selectFrom('duplicate_members as m')
    .innerJoin('duplicate_cases as c', 'c.id', 'm.case_id')
    .select('m.case_id')
    .where('m.ref', '=', members[0]?.ref ?? '')
    .where('c.open_key', 'is not', null)
    .orderBy('m.case_id', 'desc')
    .executeTakeFirstOrThrow();
  return { id, licenseIds: licenses.map((license) => license.id) };
}

/** A case over two licenses of its own. */
export async function seedPair(db: Db, options: { confidence?: number; priority?: number } = {}): Promise<SeededCase> {
  const name = `Twin ${made}`;
  const first = await seedLicense(db, { dba: name, phone: '512-555-0101' });
  const second = await seedLicense(db, { dba: `${name} LLC`, phone: '512-555-0102', zip: '78701' });
  return await seedCase(db, [first, second], options);
}
