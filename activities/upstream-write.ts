/** Writing fields of one record upstream: read, compare, write, and read again where the answer was lost. */
import type { ExternalRecord } from '../domain/external.ts';
import { sourceKeyOf } from '../domain/identity.ts';
import { type PushedField, pushBody, type WeighedPush, weighPush } from '../domain/push.ts';
import { parseRow } from '../upstream/contract.ts';
import { UpstreamError } from '../upstream/errors.ts';
import { pause } from '../upstream/gate.ts';
import type { RecordAddress, UpdateAnswer } from '../upstream/record-calls.ts';
import type { ActivityDeps } from './deps.ts';

/** A record, and how it is reached. */
export interface WriteTarget {
  sourceKey: string;
  countid: number | null;
  /** Null: no key tells it from other records. */
  address: RecordAddress | null;
}

export type WriteOutcome =
  | {
      outcome: 'written';
      /** The record as the API showed it last. */
      shown: ExternalRecord;
      weighed: WeighedPush;
      latencyMs: number;
      rateLimited: number;
    }
  | { outcome: 'unaddressable' | 'gone' | 'rejected'; reason: string };

/** A record that the API cannot show, or shows in a way that cannot be read: whether it was written is not known. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord';
}

const MAX_PAUSE_MS = 10_000;

/**
 * Sends the fields of which the record still says what was agreed on. Where a try may have had an effect, the record is read before another one.
 * @param beforeSend called with what is about to be sent, and only when something is; what it throws ends the call.
 * @param notSent called when that came to nothing for sure: the API asked to wait, say.
 * @throws {UpstreamError} when the API does not answer.
 * @throws {UnreadableRecord} when it cannot be seen what the record says.
 * @throws the signal's reason when it was aborted.
 */
export async function writeUpstream(
  deps: ActivityDeps,
  target: WriteTarget,
  fields: readonly PushedField[],
  {
    beforeSend,
    notSent,
    signal,
  }: {
    beforeSend: (send: readonly PushedField[]) => Promise<void>;
    notSent: () => Promise<void>;
    signal: AbortSignal;
  },
): Promise<WriteOutcome> {
  const { address } = target;
  if (address === null) {
    const reason = 'neither its appid nor its e-mail stands on this record alone, so the API could change another one';
    return { outcome: 'unaddressable', reason };
  }
  const { raw, latencyMs, rateLimited } = await deps.upstream.readRecord(address, signal);
  if (raw === null) return await notThere(deps, target, address, signal);
  const shown = readShown(deps, raw);
  const found = sourceKeyOf(shown);
  if (found !== target.sourceKey) {
    return { outcome: 'unaddressable', reason: `its ${address.by} leads to record ${found} by now` };
  }
  const weighed = weighPush(fields, shown);
  if (weighed.send.length === 0) return { outcome: 'written', shown, weighed, latencyMs, rateLimited };
  await beforeSend(weighed.send);
  const trace: Trace = { mayHaveEffect: false };
  let answer: Sent;
  try {
    answer = await send(deps, { ...target, address }, weighed.send, { signal, trace });
  } catch (error) {
    if (!trace.mayHaveEffect && error instanceof UpstreamError) await notSent();
    throw error;
  }
  if (answer.outcome === 'missing') return { outcome: 'gone', reason: 'the API has no such record any more' };
  if (answer.outcome === 'rejected') {
    const names = weighed.send.map(({ field }) => field).join(', ');
    return { outcome: 'rejected', reason: `the API refused ${names} (${answer.status}): ${answer.words}` };
  }
  return { outcome: 'written', shown: answer.shown, weighed, latencyMs, rateLimited };
}

/** A record may live although the API does not find it by the key that it shows: in another spelling, say. */
async function notThere(
  { upstream }: ActivityDeps,
  { countid }: WriteTarget,
  { by }: RecordAddress,
  signal: AbortSignal,
): Promise<WriteOutcome> {
  const place: RecordAddress = { by: 'countid', value: String(countid) };
  const lives = countid !== null && (await upstream.readRecord(place, signal)).raw !== null;
  return lives
    ? { outcome: 'unaddressable', reason: `the API does not find it by its ${by}` }
    : { outcome: 'gone', reason: `the API has no record under its ${by} any more` };
}

type Sent =
  | { outcome: 'accepted'; shown: ExternalRecord }
  | { outcome: 'rejected'; status: number; words: string }
  | { outcome: 'missing' };

/** Whether a try was made of which it is not known that it had no effect. */
interface Trace {
  mayHaveEffect: boolean;
}

type Addressed = WriteTarget & { address: RecordAddress };

async function send(
  deps: ActivityDeps,
  target: Addressed,
  fields: readonly PushedField[],
  { signal, trace }: { signal: AbortSignal; trace: Trace },
): Promise<Sent> {
  const { retryAttempts, retryDelay } = deps.config.external;
  for (let attempt = 1; ; attempt += 1) {
    trace.mayHaveEffect = true;
    let answer: UpdateAnswer;
    try {
      answer = await deps.upstream.updateRecord(target.address, pushBody(fields), signal);
    } catch (error) {
      if (!(error instanceof UpstreamError)) throw error;
      const shown = error.effect === 'none' ? null : await readBack(deps, target, signal);
      const seen = shown === null ? null : weighPush(fields, shown);
      // Made, or made otherwise: or someone else was there, and must not be overwritten.
      if (shown !== null && (seen?.send.length === 0 || (seen?.conflicting.length ?? 0) > 0)) {
        return { outcome: 'accepted', shown };
      }
      trace.mayHaveEffect = false;
      if (shown === null || attempt >= retryAttempts) throw error;
      await pause(Math.min(retryDelay * 2 ** (attempt - 1), MAX_PAUSE_MS), signal);
      continue;
    }
    if (answer.outcome !== 'accepted') return answer;
    if (answer.raw === null) return { outcome: 'accepted', shown: await readBack(deps, target, signal) };
    return { outcome: 'accepted', shown: requireSame(readShown(deps, answer.raw), target) };
  }
}

/** By countid where it has one: what was written cannot have moved it. */
async function readBack(deps: ActivityDeps, target: Addressed, signal: AbortSignal): Promise<ExternalRecord> {
  const { address, countid, sourceKey } = target;
  const place: RecordAddress = countid === null ? address : { by: 'countid', value: String(countid) };
  const { raw } = await deps.upstream.readRecord(place, signal);
  if (raw === null) throw new UnreadableRecord(`the API has no record ${sourceKey} any more`);
  return requireSame(readShown(deps, raw), target);
}

function readShown({ config }: ActivityDeps, raw: unknown): ExternalRecord {
  const parsed = parseRow(raw, config.external.timezone);
  if (parsed.ok) return parsed.record;
  throw new UnreadableRecord(`the API shows it in a form that cannot be read: ${parsed.reason}`);
}

/** Anything else means that a record was changed which nobody wanted to change. */
function requireSame(shown: ExternalRecord, { sourceKey }: WriteTarget): ExternalRecord {
  const key = sourceKeyOf(shown);
  if (key === sourceKey) return shown;
  throw new UnreadableRecord(
    `the API answered with record ${key}: look at both upstream, for the other one may have been changed`,
  );
}
