/** Problem documents (RFC 9457). The only place that knows which HTTP status belongs to what. */
import { randomUUID } from 'node:crypto';
import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { currentLogFields } from '../log-fields.ts';
import {
  DetailedRefusal,
  explainFailure,
  PlanRefusal,
  Refusal,
  type RefusalCode,
  SyncAlreadyRunning,
  WrongState,
} from '../operations/errors.ts';
import { operationPath } from './links.ts';

export const problemSchema = z
  .looseObject({
    type: z.string().openapi({ example: '/problems/sync-already-running' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    instance: z.string(),
    requestId: z.string().optional().openapi({ description: 'As in the header x-request-id and in the log.' }),
  })
  .openapi('Problem');

/** What the API itself refuses, beside what operations refuse. */
export type ProblemCode =
  | RefusalCode
  | 'invalid-request'
  | 'body-too-large'
  | 'unauthenticated'
  | 'forbidden'
  | 'not-found'
  | 'method-not-allowed'
  | 'if-match-needed'
  | 'import-under-way'
  | 'idempotency-key-in-use'
  | 'idempotency-key-reused'
  | 'answer-not-kept'
  | 'too-many-streams'
  | 'too-many-requests'
  | 'request-timeout'
  | 'uri-too-long'
  | 'headers-too-large'
  | 'overloaded'
  | 'timed-out'
  | 'shutting-down'
  | 'internal-error';

/** Codes are stable: they are the last part of a problem's `type`. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request cannot be understood' },
  'options-invalid': { status: 400, title: 'The options make no sense together' },
  'value-invalid': { status: 400, title: 'The value does not fit the field' },
  'pair-invalid': { status: 400, title: 'These two cannot be compared' },
  'rules-invalid': { status: 400, title: 'The rules are not valid' },
  'token-name-invalid': { status: 400, title: 'A token cannot have this name' },
  'webhook-name-invalid': { status: 400, title: 'A webhook cannot have this name' },
  'webhook-address-invalid': { status: 400, title: 'A webhook cannot have this address' },
  'schedule-invalid': { status: 400, title: 'The schedule is not valid' },
  unauthenticated: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'The token does not allow this' },
  'feature-disabled': { status: 403, title: 'This feature is switched off' },
  'not-found': { status: 404, title: 'There is nothing at this address' },
  'operation-not-found': { status: 404, title: 'There is no such operation' },
  'plan-not-found': { status: 404, title: 'There is no such plan' },
  'license-not-found': { status: 404, title: 'There is no such license' },
  'record-not-found': { status: 404, title: 'No such record is known' },
  'conflict-not-found': { status: 404, title: 'There is no such conflict' },
  'merge-not-found': { status: 404, title: 'There is no such merge' },
  'override-not-found': { status: 404, title: 'There is no such override' },
  'quarantine-not-found': { status: 404, title: 'There is no such quarantined entry' },
  'token-not-found': { status: 404, title: 'There is no such token' },
  'schedule-not-found': { status: 404, title: 'There is no such schedule' },
  'review-not-found': { status: 404, title: 'There is no such duplicate case' },
  'bulk-not-found': { status: 404, title: 'There is no such bulk verdict' },
  'webhook-not-found': { status: 404, title: 'There is no such webhook' },
  'delivery-not-found': { status: 404, title: 'There is no such delivery' },
  'alert-not-found': { status: 404, title: 'There is no such alert' },
  'method-not-allowed': { status: 405, title: 'This address does not know the method' },
  'sync-already-running': { status: 409, title: 'A sync is under way already' },
  'operation-state': { status: 409, title: 'The state of the operation does not allow this' },
  'conflict-state': { status: 409, title: 'The conflict cannot be resolved like this' },
  'record-ambiguous': { status: 409, title: 'Several records have this appid' },
  'consolidation-refused': { status: 409, title: 'The licenses cannot be made one' },
  'merge-undone': { status: 409, title: 'The merge was undone already' },
  'merge-blocked': { status: 409, title: 'The merge cannot be undone' },
  'override-refused': { status: 409, title: 'The override cannot be set' },
  'replay-under-way': { status: 409, title: 'Another replay is being started' },
  'nothing-to-replay': { status: 409, title: 'There is nothing to replay' },
  'token-name-taken': { status: 409, title: 'A live token has this name' },
  'last-admin-token': { status: 409, title: 'The last token of an administrator cannot be revoked' },
  'idempotency-key-in-use': { status: 409, title: 'A request with this key is under way' },
  'answer-not-kept': { status: 409, title: 'The request was carried out, and its answer is not kept' },
  'plan-already-applied': { status: 409, title: 'The plan was applied already' },
  'plan-expired': { status: 409, title: 'The plan has expired' },
  'pushes-expired': { status: 409, title: 'What was to be sent is not kept any more' },
  'plan-outdated': { status: 409, title: 'The plan is out of date' },
  'approval-refused': { status: 409, title: 'The run refuses this approval' },
  'license-archived': { status: 409, title: 'The license was consolidated into another one' },
  'license-key-taken': { status: 409, title: 'Another license has this key' },
  'duplicate-suspected': { status: 409, title: 'This looks like a license that exists' },
  'license-exists': { status: 409, title: 'A license with this countid or appid exists' },
  'import-under-way': { status: 409, title: 'An import is under way already' },
  'import-refused': { status: 422, title: 'The file cannot be imported' },
  'request-timeout': { status: 408, title: 'The request took too long to come' },
  'uri-too-long': { status: 414, title: 'The address is too long' },
  'too-many-requests': { status: 429, title: 'Too many requests' },
  'headers-too-large': { status: 431, title: 'The headers are too large' },
  'if-match-needed': { status: 428, title: 'The version to change must be named' },
  'license-changed': { status: 412, title: 'The license was changed meanwhile' },
  'schedule-exists': { status: 409, title: 'There is a schedule of this name' },
  'schedule-running': { status: 409, title: 'The last run of the schedule has not ended' },
  'schedule-conflict': { status: 409, title: 'Others change the schedule' },
  'review-decided': { status: 409, title: 'The case was decided already' },
  'review-member-changed': { status: 409, title: 'A member of the case has changed' },
  'review-refused': { status: 409, title: 'The verdict cannot be carried out' },
  'undo-refused': { status: 409, title: 'The verdict cannot be undone' },
  'bulk-refused': { status: 409, title: 'The bulk verdict cannot be started' },
  'review-changed': { status: 412, title: 'The case was changed meanwhile' },
  'webhook-name-taken': { status: 409, title: 'A webhook has this name' },
  'webhook-limit': { status: 409, title: 'There are too many webhooks' },
  'webhook-state': { status: 409, title: 'The state of the webhook does not allow this' },
  'delivery-state': { status: 409, title: 'The state of the delivery does not allow this' },
  'alert-state': { status: 409, title: 'The state of the alert does not allow this' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'idempotency-key-reused': { status: 422, title: 'The key stands for another request' },
  'internal-error': { status: 500, title: 'An unexpected error' },
  'upstream-not-configured': { status: 503, title: 'The License API is not configured' },
  'approval-unconfirmed': { status: 503, title: 'The approval cannot be confirmed' },
  'review-unconfirmed': { status: 503, title: 'The verdict cannot be confirmed' },
  'temporal-unavailable': { status: 503, title: 'Temporal is not available' },
  'database-unavailable': { status: 503, title: 'The database is not available' },
  'database-not-migrated': { status: 503, title: 'The database is not migrated' },
  'too-many-streams': { status: 503, title: 'Too many waiting requests' },
  overloaded: { status: 503, title: 'Too many requests at once' },
  'shutting-down': { status: 503, title: 'The API is stopping' },
  'timed-out': { status: 503, title: 'The answer took too long' },
} as const satisfies Readonly<Record<ProblemCode, { status: ContentfulStatusCode; title: string }>>;

/** The status of a problem with this code. */
export type StatusOf<C extends ProblemCode> = (typeof PROBLEMS)[C]['status'];

/** Seconds after which trying again makes sense. */
const RETRY_AFTER: Partial<Record<ProblemCode, number>> = {
  'review-unconfirmed': 5,
  'approval-unconfirmed': 5,
  'import-under-way': 10,
  'temporal-unavailable': 5,
  'database-unavailable': 5,
  'too-many-streams': 10,
  'shutting-down': 5,
  'timed-out': 5,
};

/** A refusal by the API itself. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly members: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(
    code: ProblemCode,
    detail: string,
    { members = {}, headers = {} }: { members?: Record<string, unknown>; headers?: Record<string, string> } = {},
  ) {
    super(detail);
    this.code = code;
    this.members = members;
    this.headers = headers;
  }
}

/** Turns whatever was thrown into a problem; what nobody expected is logged under an id that the caller gets too. */
export function toProblem(error: unknown, log: Logger): ApiProblem {
  if (error instanceof ApiProblem) return error;
  const known = explainFailure(error);
  if (known instanceof Refusal) return new ApiProblem(known.code, known.message, { members: membersOf(known) });
  if (error instanceof HTTPException && error.status < 500) {
    return new ApiProblem(error.status === 413 ? 'body-too-large' : 'invalid-request', error.message || 'bad request');
  }
  const errorId = randomUUID();
  log.error({ err: error, errorId }, 'unexpected error');
  return new ApiProblem('internal-error', `Something failed that should not; the log has more under ${errorId}.`, {
    members: { errorId },
  });
}

/** The document as plain data, for answers and for streams. */
export function problemDocument({ code, message, members }: ApiProblem, instance: string) {
  const { status, title } = PROBLEMS[code];
  const { requestId } = currentLogFields();
  return {
    type: `/problems/${code}`,
    title,
    status,
    detail: message,
    instance,
    ...(requestId === undefined ? {} : { requestId }),
    ...members,
  };
}

export function problemResponse(c: Context, problem: ApiProblem): Response {
  const after = RETRY_AFTER[problem.code];
  return c.body(JSON.stringify(problemDocument(problem, c.req.path)), PROBLEMS[problem.code].status, {
    'content-type': 'application/problem+json',
    ...(after === undefined ? {} : { 'retry-after': String(after) }),
    ...problem.headers,
  });
}

function membersOf(refusal: Refusal): Record<string, unknown> {
  if (refusal instanceof DetailedRefusal) return { ...refusal.details };
  if (refusal instanceof SyncAlreadyRunning) {
    const { operationId } = refusal;
    return { operationId, link: operationPath(operationId), progress: `${operationPath(operationId)}/progress` };
  }
  if (refusal instanceof PlanRefusal) {
    const { planId, operationId } = refusal;
    return { planId, ...(operationId === null ? {} : { operationId, link: operationPath(operationId) }) };
  }
  if (refusal instanceof WrongState) {
    const { operationId, state } = refusal;
    return { operationId, state, link: operationPath(operationId) };
  }
  return {};
}
