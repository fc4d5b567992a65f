/** Problem documents as the OpenAPI document shows them. */
import { SYNC_PATH } from '../http/links.ts';
import { PROBLEMS, type ProblemCode } from '../http/problem.ts';
import { OPERATION_ID, SAMPLE_ID } from './sample-values.ts';

interface Example {
  detail: string;
  instance?: string;
  /** What this kind of problem says beside what all have. */
  members?: Record<string, unknown>;
}

const LICENSE = `/api/v1/licenses/${SAMPLE_ID}`;

/** Where the title alone would not show what a caller gets. */
const EXAMPLES: Partial<Record<ProblemCode, Example>> = {
  'invalid-request': {
    detail: 'limit: expected a whole number',
    instance: '/api/v1/licenses',
    members: { errors: [{ parameter: 'limit', message: 'expected a whole number' }] },
  },
  unauthenticated: { detail: 'The request has no Authorization header. Send: Authorization: Bearer <token>' },
  forbidden: {
    detail: 'This needs the role operator; the token has viewer.',
    members: { neededRole: 'operator', role: 'viewer' },
  },
  'sync-already-running': {
    detail: `operation ${OPERATION_ID} is under way; follow it, or cancel it first`,
    members: {
      operationId: OPERATION_ID,
      link: `${SYNC_PATH}/operations/${OPERATION_ID}`,
      progress: `${SYNC_PATH}/operations/${OPERATION_ID}/progress`,
    },
  },
  'operation-state': {
    detail: `operation ${OPERATION_ID} is completed: it cannot be paused`,
    instance: `${SYNC_PATH}/operations/${OPERATION_ID}/pause`,
    members: { operationId: OPERATION_ID, state: 'completed', link: `${SYNC_PATH}/operations/${OPERATION_ID}` },
  },
  'license-not-found': { detail: `there is no license ${SAMPLE_ID}`, instance: LICENSE },
  'license-changed': {
    detail:
      'the license has version 4, the edit was made on version 3; since version 3 city changed. Read it again and repeat the edit',
    instance: LICENSE,
    members: { licenseId: SAMPLE_ID, version: 4, sentVersion: 3, changedFields: ['city'] },
  },
  'if-match-needed': {
    detail:
      'Send the version that the edit was made on, as the ETag of the license says it; it is now at If-Match: "3".',
    instance: LICENSE,
  },
  'license-exists': {
    detail: 'a license with this appid exists; allowDuplicate=true adds another one',
    instance: '/api/v1/licenses',
    members: { licenses: [{ licenseId: SAMPLE_ID, field: 'appid' }] },
  },
  'database-unavailable': { detail: 'the database cannot be used now (ECONNREFUSED)' },
  'database-not-migrated': { detail: 'the database lacks migrations; run: npx license-sync migrate' },
  'temporal-unavailable': { detail: 'Temporal cannot be used now: it does not answer' },
};

export function exampleProblem(code: ProblemCode) {
  const { status, title } = PROBLEMS[code];
  const { detail, instance = SYNC_PATH, members = {} } = EXAMPLES[code] ?? { detail: `${title}.` };
  return { type: `/problems/${code}`, title, status, detail, instance, ...members };
}
