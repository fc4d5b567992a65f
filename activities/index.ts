import type { StepPhase } from '../domain/metrics.ts';
import type { SyncActivities } from '../workflows/messages.ts';
import type { ReviewActivities } from '../workflows/review-messages.ts';
import type { WebhookActivities } from '../workflows/webhook-messages.ts';
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
import { giveUpWebhook, sendWebhook } from './webhooks.ts';

export type { ActivityDeps } from './deps.ts';

/** The steps of a run over these dependencies, with heartbeats, cancellation and classified failures. */
export function createActivities(deps: ActivityDeps): SyncActivities & ReviewActivities & WebhookActivities {
  const limits = { maxTries: deps.config.sync.maxRetries, defects: new Map<string, number>(), log: deps.log };
  const bind = <I, O>(phase: StepPhase, work: (deps: ActivityDeps, input: I, context: StepContext) => Promise<O>) => {
    const begins = () => deps.recorder.stepBegins(phase);
    return step<I, O>({ ...limits, begins }, (input, context) => work(deps, input, context));
  };
  return {
    begin: bind('begin', begin),
    markPhase: bind('begin', markPhase),
    prune: bind('report', prune),
    openPass: bind('fetch', openPass),
    fetchPages: bind('fetch', fetchPages),
    fetchWindow: bind('fetch', fetchWindow),
    giveUp: bind('fetch', giveUp),
    closePage: bind('fetch', closePage),
    checkEnd: bind('fetch', checkEnd),
    proveFetch: bind('fetch', proveFetch),
    settleRepeats: bind('mirror', settleRepeats),
    mirrorPages: bind('mirror', mirrorPages),
    openIndex: bind('analyse', openIndex),
    indexPages: bind('analyse', indexPages),
    openScoring: bind('analyse', openScoring),
    scoreSubjects: bind('analyse', scoreSubjects),
    closeScoring: bind('analyse', closeScoring),
    preparePlan: bind('plan', preparePlan),
    planPages: bind('plan', planPages),
    adoptPlan: bind('plan', adoptPlan),
    closePlan: bind('plan', closePlan),
    openApply: bind('apply', openApply),
    applyPages: bind('apply', applyPages),
    applyVanished: bind('apply', applyVanished),
    settleDuplicates: bind('apply', settleDuplicates),
    compensate: bind('push', compensate),
    foreseePages: bind('plan', foreseePages),
    preparePushes: bind('push', preparePushes),
    openPush: bind('push', openPush),
    pushPages: bind('push', pushPages),
    report: bind('report', report),
    recordSkip: bind('begin', recordSkip),
    lookAtReview: bind('reviews', lookAtReview),
    decideReview: bind('reviews', decideReview),
    tendReviews: bind('reviews', tendReviews),
    decideBulk: bind('reviews', decideBulk),
    endBulk: bind('reviews', endBulk),
    sendWebhook: bind('webhooks', sendWebhook),
    giveUpWebhook: bind('webhooks', giveUpWebhook),
  };
}
