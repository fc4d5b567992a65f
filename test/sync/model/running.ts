/** Runs in the product and in the model, side by side. */
import { expect } from 'vitest';
import { licenseIdFor } from '../../../domain/identity.ts';
import { join, mayJoin } from './consolidating.ts';
import { type Disturbance, type Trouble, troubleOf } from './disturbing.ts';
import type { Similar } from './matching.ts';
import { applyPlan, type Done, dryRun, type Outcome, type Plan, sync } from './planning.ts';
import { type Fates, type Push, pushAll, wanted } from './pushing.ts';
import type { Feed } from './reading.ts';
import type { Real } from './real.ts';
import type { Findings } from './real-duplicates.ts';
import { licenseOf, type Model, type ModelCase, type RunKind } from './state.ts';
import { doubtful, expectUndecided, expectWorthAsking, learnCases } from './verdicts.ts';

export interface RunHow {
  searching: boolean;
  /** Whether it sends what was edited inside. Of a plan that is carried out, the plan says so. */
  twoWay: boolean;
  disturbance?: Disturbance | null;
}

const OPTIONS = {
  full: {},
  external: { comprehensive: false },
  partial: { partial: true, status: 1 as const },
  dry: { dryRun: true },
};

/** Runs it in the product and in the model, and compares what the run says of itself. */
export async function runOnBoth(model: Model, real: Real, kind: RunKind, asked: RunHow): Promise<void> {
  model.clock += 1;
  const { plan } = model;
  const planned = kind === 'apply' || kind === 'late' ? plan : null;
  if (planned === null && (kind === 'apply' || kind === 'late')) throw new Error('there is no plan to carry out');
  const { searching: detectDuplicates, twoWay: bidirectional } = planned ?? asked;
  const options = { ...(planned ? {} : OPTIONS[kind as keyof typeof OPTIONS]), detectDuplicates, bidirectional };
  const trouble = troubleOf(model, kind, asked.disturbance ?? null);
  const operation = await real.run(planned ? { planId: planned.id, options } : { options }, trouble);
  if (kind === 'late') {
    expect(operation).toMatchObject({ status: 'failed', error_type: expect.stringMatching(/^PLAN_/) });
    return;
  }
  const found = await real.duplicates.findings(operation.id);
  const pushes = await real.pushes(operation.id);
  model.run = operation.id;
  model.refusing = new Set(trouble.refused === null ? [] : [`c:${trouble.refused}`]);
  const made = { id: operation.operation_id, searching: detectDuplicates, twoWay: bidirectional };
  const done = runInModel(model, kind, made, { similar: found.similar, trouble });
  const { feed, ...outcome } = done;
  await expectOutcome(real, operation, outcome);
  const cases = await real.duplicates.cases();
  let questions: ModelCase[] = cases;
  if (kind === 'dry') {
    expect(pushes, 'what would be sent').toEqual(foreseen(model, model.plan?.pushes ?? []));
  } else {
    recordLinks(model, found);
    joinFound(
      model,
      found.joined.filter(({ afterPushes }) => !afterPushes),
    );
    // Some were asked before records were told something, others after.
    questions = doubtful(model, cases);
    const push = bidirectional ? sendIn(model, feed, planned) : { pushes: [], fates: new Map() };
    expect(pushes, 'what was sent').toEqual(told(push));
    joinFound(
      model,
      found.joined.filter(({ afterPushes }) => afterPushes),
    );
  }
  model.run = null;
  expectWorthAsking(model, questions);
  learnCases(model, cases);
}

function runInModel(
  model: Model,
  kind: RunKind,
  made: Pick<Plan, 'id' | 'searching' | 'twoWay'>,
  { similar, trouble }: { similar: Similar; trouble: Trouble },
): Done {
  const meanwhile = () => {
    for (const { countid, fields } of trouble.edits) {
      model.upstream.set(countid, { ...model.upstream.get(countid), ...fields });
    }
  };
  if (kind === 'apply' && model.plan) return applyPlan(model, model.plan, similar);
  if (kind === 'dry') {
    const done = dryRun(model, made, similar);
    meanwhile();
    return done;
  }
  const { twoWay } = made;
  return sync(model, { inForce: kind === 'partial', vanishing: kind === 'full', twoWay, similar }, meanwhile);
}

function joinFound(model: Model, joined: Findings['joined']): void {
  for (const { masterId, lines } of joined) {
    const members = [masterId, ...lines.keys()];
    expectUndecided(model, members);
    const joining = { masterId: null, others: members, strategy: 'fill_empty' as const };
    expect(mayJoin(model, joining)).toBe(true);
    expect(join(model, joining, (id) => lines.get(id) ?? 0)).toBe(masterId);
  }
}

/** A plan that is carried out sends only what it named, while it is still so. */
function sendIn(model: Model, feed: Feed, plan: Plan | null): { pushes: Push[]; fates: Fates } {
  const pushes = wanted(model, feed).filter(
    (push) => plan === null || plan.pushes.some((named) => expect.objectContaining(named).asymmetricMatch(push)),
  );
  return { pushes, fates: pushAll(model, pushes) };
}

/** What the product says of pushes, by record: what became of it, and of which fields. */
export type Told = Record<string, { state: string; fields: readonly string[] }>;

const named = ({ fields }: Push) => fields.map(({ said }) => said).sort();

function told({ pushes, fates }: { pushes: readonly Push[]; fates: Fates }): Told {
  return Object.fromEntries(
    pushes.map((push) => [push.sourceKey, { state: fates.get(push.sourceKey) ?? 'planned', fields: named(push) }]),
  );
}

function foreseen(model: Model, pushes: readonly Push[]): Told {
  return Object.fromEntries(
    pushes.map((push) => {
      const isRefused = model.refused.get(`${push.sourceKey} ${push.licenseId}`) === push.writes;
      return [push.sourceKey, { state: isRefused ? 'rejected' : 'planned', fields: named(push) }];
    }),
  );
}

/** The ledger has a line for each record that was linked because it resembles its license, so that it can be undone. */
function recordLinks(model: Model, { similar, linked }: Findings): void {
  const expected = [...similar].filter(
    ([sourceKey, licenseId]) =>
      model.links.get(sourceKey)?.licenseId === licenseId && licenseIdFor(sourceKey) !== licenseId,
  );
  expect([...linked.keys()].sort()).toEqual(expected.map(([sourceKey]) => sourceKey).sort());
  for (const [sourceKey, masterId] of expected) {
    const link = model.links.get(sourceKey);
    const line = licenseOf(model, masterId).history.findLast(
      (each) => each.run === model.run && each.sourceKey === sourceKey,
    );
    if (!link || !line) throw new Error(`the model did not link ${sourceKey}`);
    const id = linked.get(sourceKey) ?? 0;
    const changes = Object.fromEntries(
      Object.entries(line.changes).map(([column, after]) => [column, { before: line.before[column] ?? null, after }]),
    );
    model.merges.set(id, {
      id,
      masterId,
      duplicateId: null,
      caseId: null,
      changes,
      moved: { [sourceKey]: { ...link } },
      demoted: null,
      superseded: {},
      write: line.write,
      sentBefore: model.sent.length,
      undone: false,
    });
  }
}

async function expectOutcome(real: Real, operation: Awaited<ReturnType<Real['run']>>, outcome: Outcome): Promise<void> {
  const { ambiguous } = JSON.parse(operation.report ?? '{}') as { ambiguous?: number };
  expect({
    ended: /^completed/.test(operation.status) ? 'completed' : `${operation.status}: ${operation.error_message}`,
    created: operation.created_count,
    linked: operation.linked_count,
    vanished: operation.vanished_count,
    ambiguous,
    drifted: await real.drifted(operation),
  }).toEqual({ ended: 'completed', ...outcome });
}
