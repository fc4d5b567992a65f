/** An interceptor: lines that workflow code logs carry the run's id, as all others that concern a run do. */
import type { WorkflowExecuteInput, WorkflowInterceptors } from '@temporalio/workflow';
import * as wf from '@temporalio/workflow';
import type { RunRef, SyncInput } from './messages.ts';
import { batchOfWorkflow, SYNC_WORKFLOW_ID } from './names.ts';

export const interceptors = (): WorkflowInterceptors => {
  let operationId: string | undefined;
  return {
    inbound: [
      {
        execute(input, next) {
          operationId = operationIdOf(input);
          // In place of the SDK's own line, which comes too early to carry the id.
          wf.log.debug('workflow begins');
          return next(input);
        },
      },
    ],
    outbound: [
      {
        getLogAttributes: (input, next) => next(operationId === undefined ? input : { ...input, operationId }),
      },
    ],
  };
};

function operationIdOf({ args }: WorkflowExecuteInput): string | undefined {
  const { workflowId, firstExecutionRunId } = wf.workflowInfo();
  const given = (args[0] ?? {}) as SyncInput & { ref?: RunRef };
  if (workflowId === SYNC_WORKFLOW_ID) return given.operationId ?? firstExecutionRunId;
  return given.ref?.operationId ?? batchOfWorkflow(workflowId)?.operationId;
}
