/** What a step does when the API gives nothing: is it the page, or the API, and until when is it left alone? */
import { ApplicationFailure } from '@temporalio/common';
import { isoInstant } from '../db/connect.ts';
import { findOperation } from '../db/operations.ts';
import { UpstreamError } from '../upstream/errors.ts';
import type { RunRef, Wait } from '../workflows/messages.ts';
import type { ActivityDeps } from './deps.ts';

/** A pause before the API is asked again when it does not answer but its circuit is not open either. */
const DOWN_PAUSE_MS = 10_000;

/** After a failure that may be the API's or the page's: does it answer at all? */
export async function answersElsewhere(
  { upstream }: ActivityDeps,
  error: unknown,
  signal: AbortSignal,
): Promise<boolean> {
  if (!(error instanceof UpstreamError) || !error.errorClass.retryable) return false;
  if (error.code === 'circuit_open' || error.code === 'rate_limited') return false;
  try {
    await upstream.probe(signal);
    return true;
  } catch (probeError) {
    if (probeError instanceof UpstreamError) return false;
    throw probeError;
  }
}

/**
 * Before the call proper: an open circuit lets one call through as a trial, and a page that fails by itself would keep it open for ever.
 * So the trial is a probe.
 * @throws {UpstreamError} while the circuit is open, or when the probe fails.
 */
export async function tryCircuit({ upstream, upstreamState }: ActivityDeps, signal: AbortSignal): Promise<void> {
  const { circuit } = await upstreamState.read();
  if (circuit !== 'closed') await upstream.probe(signal);
}

/**
 * Until when to wait before the API is called again.
 * @throws the error itself when waiting is no use, and UPSTREAM_DOWN when nothing good came for too long.
 */
export async function waitFor(
  { config, upstreamState, db }: ActivityDeps,
  ref: RunRef,
  error: unknown,
  signal: AbortSignal,
): Promise<Wait> {
  signal.throwIfAborted();
  if (!(error instanceof UpstreamError) || !error.errorClass.retryable) throw error;
  const state = await upstreamState.read();
  const operation = await findOperation(db, ref.operationId);
  const since = [state.lastSuccessAt?.getTime() ?? 0, operation ? Date.parse(isoInstant(operation.started_at)) : 0];
  const silentMs = Date.now() - Math.max(...since);
  if (silentMs > config.external.giveUpAfter) {
    throw ApplicationFailure.nonRetryable(
      `the License API has given no good answer for ${Math.round(silentMs / 1000)} s: ${error.message}`,
      error.errorClass.type,
    );
  }
  const kind = error.code === 'circuit_open' || error.code === 'rate_limited' ? error.code : 'upstream_down';
  const why = error.code === 'circuit_open' ? state.lastFailure : error.message;
  return {
    kind,
    ...(why === null ? {} : { why }),
    untilMs: error.retryAt?.getTime() ?? Date.now() + Math.min(DOWN_PAUSE_MS, config.circuit.halfOpenAfter),
  };
}
