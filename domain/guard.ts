/** The mass-change guard: when a plan changes so much that a person should say yes first. */

import type { FieldChange } from './merge.ts';

/** Kinds of change that are counted, and approved, each by itself. */
export const GUARD_KINDS = ['vanish', 'deactivate', 'overwrite', 'push'] as const;
export type GuardKind = (typeof GUARD_KINDS)[number];

/** Planned changes by kind. */
export type GuardCounts = Record<GuardKind, number>;
/** Up to how many changes of a kind someone has allowed. */
export type GuardApprovals = Partial<Record<GuardKind, number>>;

export interface GuardRules {
  /** Share of the live links, 0 to 1. */
  maxChangeRatio: number;
  /** Up to this many changes of a kind never wait. */
  minChanges: number;
}

export interface GuardInput {
  counts: GuardCounts;
  /** Links whose record has not vanished. */
  liveLinks: number;
  /** The feed was empty although records are known: then nothing vanishes without approval, however few there are. */
  emptyFeed: boolean;
}

/** A kind of change that has to be approved, and the number that is due. */
export interface GuardNeed {
  kind: GuardKind;
  due: number;
}

/** The fields that identify a customer or cost money. What moves every day, such as a balance, says nothing of an upstream gone wrong. */
const GUARDED_FIELDS: ReadonlySet<string> = new Set(['dba', 'zip', 'startsAt', 'expiresAt', 'lastPayment']);
const IN_FORCE: ReadonlySet<unknown> = new Set(['active', 'expiring']);

/** Whether a license that is in force would end. */
export function isDeactivation(changes: readonly FieldChange[]): boolean {
  return changes.some(({ field, before, after }) => field === 'status' && IN_FORCE.has(before) && !IN_FORCE.has(after));
}

/** Whether a business-critical value that is there would be replaced. */
export function isOverwrite(changes: readonly FieldChange[]): boolean {
  return changes.some(({ field, before }) => GUARDED_FIELDS.has(field) && before !== null);
}

/** The kinds that are over the limit: more than the ratio of the live links, and more than the minimum. */
export function weighChanges(rules: GuardRules, { counts, liveLinks, emptyFeed }: GuardInput): GuardNeed[] {
  const limit = Math.max(rules.minChanges, Math.floor(rules.maxChangeRatio * liveLinks));
  return GUARD_KINDS.filter((kind) => counts[kind] > (kind === 'vanish' && emptyFeed ? 0 : limit)).map((kind) => ({
    kind,
    due: counts[kind],
  }));
}

/** What is still to be approved. An approval covers as many changes as it names, and no more. */
export function unapproved(needs: readonly GuardNeed[], approvals: GuardApprovals): GuardNeed[] {
  return needs.filter(({ kind, due }) => due > (approvals[kind] ?? 0));
}

/** Why an approval cannot be taken; null when it can. */
export function refuseApproval(
  needs: readonly GuardNeed[] | null,
  approval: { kind?: unknown; ceiling?: unknown } | null | undefined,
): string | null {
  if (needs === null || needs.length === 0) return 'the run does not wait for an approval';
  const { kind, ceiling } = approval ?? {};
  if (!needs.some((need) => need.kind === kind)) {
    return `nothing of the kind ${String(kind)} is to be approved; it waits for ${needs.map((need) => need.kind).join(', ')}`;
  }
  if (typeof ceiling !== 'number' || !Number.isInteger(ceiling) || ceiling < 1)
    return 'the ceiling must be a whole number of at least 1';
  return null;
}

/** Such as "900 records to be marked as vanished, 60 licenses to be deactivated". */
export function describeNeeds(needs: readonly GuardNeed[]): string {
  return needs.map(({ kind, due }) => `${due} ${WORDS[kind]}`).join(', ');
}

const WORDS: Record<GuardKind, string> = {
  vanish: 'records to be marked as vanished',
  deactivate: 'licenses to be deactivated',
  overwrite: 'licenses to be overwritten',
  push: 'records to be changed upstream',
};
