import type { SyncActivities } from '../workflows/messages.ts';
import type { ReviewActivities } from '../workflows/review-messages.ts';
import { begin, markPhase, prune } from './begin.ts';
import { compensate } from './compensate.ts';
import type { ActivityDeps } from './deps.ts';
import { closeScoring, indexPages, openIndex, openScoring, scoreSubjects, settleDuplicates } from './duplicates.ts';
import { checkEnd, openPass, proveFetch, settleRepeats } from './fetch.ts';
import { closePage, fetchPages, fetchWindow, giveUp } from './fetch-pages.ts';
import { adoptPlan, closePlan } from './plan.ts';
import { foreseePages, openPush, preparePushes, pushPages } from './push.ts';
import { report } from './report.ts';
import { decideBulk, decideReview, endBulk, lookAtReview, tendReviews } from './reviews.ts';
import { recordSkip } from './scheduled.ts';
import { applyPages, applyVanished, mirrorPages, openApply, planPages, preparePlan } from './slices.ts';
import { type StepContext, step } from './step.ts';

export type { ActivityDeps } from './deps.ts';

/** The steps of a run over these dependencies, with heartbeats, cancellation and classified failures. */
export function createActivities(deps: ActivityDeps): SyncActivities & ReviewActivities {
  const limits = { maxTries: deps.config.sync.maxRetries, defects: new Map<string, number>(), log: deps.log };
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
    openIndex: bind(openIndex),
    indexPages: bind(indexPages),
    openScoring: bind(openScoring),
    scoreSubjects: bind(scoreSubjects),
    closeScoring: bind(closeScoring),
    preparePlan: bind(preparePlan),
    planPages: bind(planPages),
    adoptPlan: bind(adoptPlan),
    closePlan: bind(closePlan),
    openApply: bind(openApply),
    applyPages: bind(applyPages),
    applyVanished: bind(applyVanished),
    settleDuplicates: bind(settleDuplicates),
    compensate: bind(compensate),
    foreseePages: bind(foreseePages),
    preparePushes: bind(preparePushes),
    openPush: bind(openPush),
    pushPages: bind(pushPages),
    report: bind(report),
    recordSkip: bind(recordSkip),
    lookAtReview: bind(lookAtReview),
    decideReview: bind(decideReview),
    tendReviews: bind(tendReviews),
    decideBulk: bind(decideBulk),
    endBulk: bind(endBulk),
  };
}
