import type { SyncActivities } from '../workflows/messages.ts';
import { begin, markPhase, prune } from './begin.ts';
import type { ActivityDeps } from './deps.ts';
import { checkEnd, openPass, proveFetch, settleRepeats } from './fetch.ts';
import { closePage, fetchPages, fetchWindow, giveUp } from './fetch-pages.ts';
import { adoptPlan, closePlan } from './plan.ts';
import { report } from './report.ts';
import { recordSkip } from './scheduled.ts';
import { applyPages, applyVanished, mirrorPages, openApply, planPages, preparePlan } from './slices.ts';
import { type StepContext, step } from './step.ts';

export type { ActivityDeps } from './deps.ts';

/** The steps of a run over these dependencies, with heartbeats, cancellation and classified failures. */
export function createActivities(deps: ActivityDeps): SyncActivities {
  const limits = { maxTries: deps.config.sync.maxRetries, defects: new Map<string, number>() };
  const bind = <I, O>(work: (deps: ActivityDeps, input: I, context: StepContext) => Promise<O>) =>
    step<I, O>(limits, (input, context) => work(deps, input, context));
  return {
    begin: bind(begin),
    markPhase: bind(markPhase),
    prune: bind(prune),
    openPass: bind(openPass),
    fetchPages: bind(fetchPages),
    fetchWindow: bind(fetchWindow),
    giveUp: bind(giveUp),
    closePage: bind(closePage),
    checkEnd: bind(checkEnd),
    proveFetch: bind(proveFetch),
    settleRepeats: bind(settleRepeats),
    mirrorPages: bind(mirrorPages),
    preparePlan: bind(preparePlan),
    planPages: bind(planPages),
    adoptPlan: bind(adoptPlan),
    closePlan: bind(closePlan),
    openApply: bind(openApply),
    applyPages: bind(applyPages),
    applyVanished: bind(applyVanished),
    report: bind(report),
    recordSkip: bind(recordSkip),
  };
}
