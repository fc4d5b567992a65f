/**
 * An interceptor: spans of workflows, for those that were started with a trace. Whether there is one stands in the start's headers and so in
 * the history: switching tracing on or off changes nothing of what a running workflow does, and one without a trace does not even load the
 * code for it.
 */
import type { WorkflowInterceptors } from '@temporalio/workflow';

/** Under this header Temporal's interceptors pass a trace on. */
const TRACE_HEADER = '_tracer-data';
type Part = 'inbound' | 'outbound' | 'internals';
type Input = { headers?: Record<string, unknown> };
type Intercept = (input: Input, next: (input: Input) => unknown) => unknown;
type Interceptor = Record<string, Intercept | undefined>;

/** What passes by from the outside and to the outside; of the SDK's interceptors all that have something to do with spans. */
const INTERCEPTED: Record<Part, readonly string[]> = {
  inbound: ['handleSignal', 'handleUpdate', 'validateUpdate', 'handleQuery'],
  outbound: [
    'scheduleActivity',
    'scheduleLocalActivity',
    'startChildWorkflowExecution',
    'continueAsNew',
    'signalWorkflow',
    'getLogAttributes',
  ],
  internals: ['dispose'],
};

export const interceptors = (): WorkflowInterceptors => {
  let traced: Record<Part, Interceptor> | undefined;
  const pass = (part: Part, method: string, input: Input, next: (input: Input) => unknown) => {
    const interceptor = traced?.[part];
    const intercept = interceptor?.[method];
    return intercept ? intercept.call(interceptor, input, next) : next(input);
  };
  const passing = (part: Part): Interceptor =>
    Object.fromEntries(
      INTERCEPTED[part].map((method): [string, Intercept] => [
        method,
        (input, next) => pass(part, method, input, next),
      ]),
    );
  const execute: Intercept = async (input, next) => {
    if (input.headers?.[TRACE_HEADER] === undefined) return await next(input);
    traced = await load();
    return await pass('inbound', 'execute', input, next);
  };
  return {
    inbound: [{ ...passing('inbound'), execute }],
    outbound: [passing('outbound')],
    internals: [passing('internals')],
  } as unknown as WorkflowInterceptors;
};

/** Loaded for each workflow anew, which takes some 13 ms of processor time: the sandbox shares no modules. */
async function load(): Promise<Record<Part, Interceptor>> {
  const sdk = await import('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js');
  const { inbound, outbound, internals } = sdk.interceptors();
  return { inbound: inbound?.[0], outbound: outbound?.[0], internals: internals?.[0] } as unknown as Record<
    Part,
    Interceptor
  >;
}
