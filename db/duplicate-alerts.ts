/** Alerts about look-alikes, raised at the end of a run: for each license or case one, and beyond so many one that counts the rest. */
import { sql } from 'kysely';
import { type Claims, claimedBySeveral } from '../domain/duplicate-alerts.ts';
import { type NewAlert, openSubjects, raiseAlert, resolveAlert } from './alerts.ts';
import { type Db, sqlInstant } from './connect.ts';
import { carriersOf, keysOfLicenses, licensesInDoubt, linksAndBars } from './duplicate-claims.ts';

export const DUPLICATE_ALERTS = {
  /** Several records lay claim to one license. */
  multipleMatch: 'multiple_external_match',
  /** A record resembles a license of the company's own. */
  crossSystem: 'potential_cross_system_duplicate',
} as const;

/** Of each kind in one run. */
const MAX_ALERTS = 20;
/** Subject of the alert that counts the rest. */
const REST = 'rest';
const KEYS_TOLD = 20;

export interface EndedRun {
  operation: number;
  operationId: string;
  /** The run read the whole feed: what it did not meet is over. */
  whole: boolean;
}

/** Raises what this run found, and resolves what is over. Safe to repeat. No personal data: ids and counts. */
export async function raiseDuplicateAlerts(db: Db, run: EndedRun): Promise<void> {
  await tellClaims(db, run);
  await tellCases(db, run);
  await settleDecidedCases(db);
}

/** Resolves the alerts of cases that are decided by now. Cheap, for whoever looks now and then. */
export async function settleDecidedCases(db: Db): Promise<void> {
  await sql`
    UPDATE alerts a LEFT JOIN duplicate_cases c
      ON c.id = CAST(SUBSTRING(a.subject, 6) AS UNSIGNED) AND c.state IN ('open', 'flagged')
    SET a.state = 'resolved', a.resolved_at = ${sqlInstant(Date.now())}, a.open_key = NULL
    WHERE a.state IN ('open', 'acknowledged') AND a.kind = ${DUPLICATE_ALERTS.crossSystem}
      AND a.subject LIKE 'case:%' AND c.id IS NULL
  `.execute(db);
}

async function tellClaims(db: Db, { operation, operationId, whole }: EndedRun): Promise<void> {
  const kind = DUPLICATE_ALERTS.multipleMatch;
  const before = await openSubjects(db, kind);
  const open = before.flatMap((subject) => (subject.startsWith('license:') ? [subject.slice('license:'.length)] : []));
  const inDoubt = [...(await licensesInDoubt(db, operation)), ...(await keysOfLicenses(db, open))];
  const ids = [...new Set(inDoubt.map(({ id }) => id))].sort();
  const { linked, barred } = await linksAndBars(db, ids);
  const claims = claimedBySeveral(inDoubt, await carriersOf(db, operation, inDoubt), linked, barred);
  const told = claims.filter(({ licenseId }, place) => place < MAX_ALERTS || open.includes(licenseId));
  for (const each of told) await raiseAlert(db, claimAlert(each, operationId));
  const rest = claims.length - told.length;
  if (rest > 0) {
    await raiseAlert(db, {
      kind,
      subject: REST,
      severity: 'warning',
      message: `${rest} more licenses are claimed by several external records each; settle those that have an alert of their own first, or list the run: npx license-sync runs ${operationId}.`,
      details: { licenses: rest },
      operationId,
    });
  }
  // A run that read a part of the feed met a part of the records: it proves nothing of the others.
  if (!whole) return;
  const still = new Set(told.map(({ licenseId }) => `license:${licenseId}`));
  for (const subject of before) {
    if (subject === REST ? rest === 0 : !still.has(subject)) await resolveAlert(db, kind, subject);
  }
}

function claimAlert({ licenseId, kinds, sourceKeys }: Claims, operationId: string): NewAlert {
  const named = sourceKeys.slice(0, 5).join(', ') + (sourceKeys.length > 5 ? ', …' : '');
  return {
    kind: DUPLICATE_ALERTS.multipleMatch,
    subject: `license:${licenseId}`,
    severity: 'warning',
    message: `License ${licenseId} is claimed by ${sourceKeys.length} external records (${named}) with its ${kinds.join(' and ')}. Say which one it belongs to: npx license-sync overrides always <record> ${licenseId}, or which do not: npx license-sync overrides never <record> ${licenseId}.`,
    details: { licenseId, matchedBy: kinds, records: sourceKeys.length, sourceKeys: sourceKeys.slice(0, KEYS_TOLD) },
    operationId,
  };
}

async function tellCases(db: Db, { operation, operationId }: EndedRun): Promise<void> {
  const kind = DUPLICATE_ALERTS.crossSystem;
  const cases = db
    .selectFrom('duplicate_cases')
    .where('operation', '=', operation)
    .where('kind', '=', 'cross_system')
    .where('state', '=', 'open');
  const { total } = await cases
    .select((all) => all.fn.countAll<number | string>().as('total'))
    .executeTakeFirstOrThrow();
  const first = await cases
    .select(['id', 'confidence'])
    .orderBy('priority', 'desc')
    .orderBy('id')
    .limit(MAX_ALERTS)
    .execute();
  for (const { id, confidence } of first) {
    const members = await db
      .selectFrom('duplicate_members')
      .select(['ref', 'license_id'])
      .where('case_id', '=', id)
      .execute();
    await raiseAlert(db, {
      kind,
      subject: `case:${id}`,
      severity: 'info',
      message: `An external record resembles a license (confidence ${Number(confidence).toFixed(1)}); whether they are one is case ${id}: npx license-sync reviews show ${id}.`,
      details: {
        caseId: id,
        confidence: Number(confidence),
        members: members.slice(0, KEYS_TOLD).map(({ ref, license_id: licenseId }) => ({ ref, licenseId })),
      },
      operationId,
    });
  }
  const rest = Number(total) - first.length;
  if (rest > 0) {
    await raiseAlert(db, {
      kind,
      subject: REST,
      severity: 'info',
      message: `${rest} more external records resemble licenses; all are cases for people to decide: npx license-sync reviews.`,
      details: { cases: rest, operationId },
      operationId,
    });
    return;
  }
  // Cases of earlier runs that were too many for an alert each.
  const left = await db
    .selectFrom('duplicate_cases')
    .select('id')
    .where('kind', '=', 'cross_system')
    .where('state', 'in', ['open', 'flagged'])
    .limit(MAX_ALERTS + 1)
    .execute();
  if (left.length <= MAX_ALERTS) await resolveAlert(db, kind, REST);
}
