/** Which operations go on from an answer of another, as OpenAPI links: for programs that walk through the API, and for the fuzzing. */

interface Link {
  operationId: string;
  parameters: Record<string, string>;
}

/** Where in an answer an id stands, and the operations whose `id` it is. */
interface Way {
  from: string;
  status: string;
  id: string;
  to: readonly string[];
}

const OPERATION = [
  'getOperation',
  'getProgress',
  'listPhases',
  'listBatches',
  'listPushes',
  'pauseOperation',
  'resumeOperation',
  'approveOperation',
  'cancelOperation',
  'listPlanChanges',
];
const LICENSE = ['getLicense', 'editLicense', 'getLicenseHistory', 'getLicenseRelations'];
const SCHEDULE = [
  'getSchedule',
  'changeSchedule',
  'pauseSchedule',
  'resumeSchedule',
  'triggerSchedule',
  'backfillSchedule',
  'deleteSchedule',
];
const WAYS: readonly Way[] = [
  { from: 'startSync', status: '202', id: '/data/operationId', to: OPERATION },
  { from: 'applyPlan', status: '202', id: '/data/operationId', to: OPERATION },
  { from: 'replayQuarantine', status: '202', id: '/data/operationId', to: OPERATION },
  { from: 'createLicense', status: '201', id: '/data/id', to: LICENSE },
  { from: 'createSchedule', status: '201', id: '/data/name', to: SCHEDULE },
  { from: 'createToken', status: '201', id: '/data/id', to: ['getToken', 'revokeToken'] },
  { from: 'setOverride', status: '201', id: '/data/id', to: ['removeOverride'] },
  { from: 'consolidateLicenses', status: '200', id: '/data/merges/0/id', to: ['getMerge', 'undoMerge'] },
  { from: 'startBulkReview', status: '202', id: '/data/id', to: ['getBulkReview'] },
];

/** The version that was read goes with what is made of it. */
const AT_ITS_VERSION: readonly Way[] = [
  { from: 'getLicense', status: '200', id: '/data/id', to: ['editLicense'] },
  { from: 'createLicense', status: '201', id: '/data/id', to: ['editLicense'] },
  { from: 'getReview', status: '200', id: '/data/id', to: ['decideReview', 'undoReview'] },
];

/** The links of one response, by name. */
export function linksOf(operationId: string, status: string): Record<string, Link> {
  const links: Record<string, Link> = {};
  for (const [ways, more] of [
    [WAYS, {}],
    [AT_ITS_VERSION, { 'header.if-match': '$response.header.ETag' }],
  ] as const) {
    for (const way of ways) {
      if (way.from !== operationId || way.status !== status) continue;
      for (const to of way.to) {
        links[to] = { operationId: to, parameters: { 'path.id': `$response.body#${way.id}`, ...more } };
      }
    }
  }
  return links;
}
