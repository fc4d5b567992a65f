import { type RawValue, rawValueTypeInfo, type SignalDefinition } from '@temporalio/common';
import * as wf from '@temporalio/workflow';

/** Temporal's own tools send any number of arguments; only the first one is looked at. */
const MOST_ARGUMENTS = 20;

/**
 * Takes a signal in whatever form it was sent. Arguments in an encoding that the SDK does not know (Temporal's UI offers some) would
 * otherwise fail the workflow's task, and each one after it, for ever.
 * @param handle is given the first argument; `undefined` where there is none, or none that can be read.
 */
export function onAnySignal(
  { name }: Pick<SignalDefinition, 'name'>,
  handle: (given: unknown) => void | Promise<void>,
): void {
  const inputTypes = Array.from({ length: MOST_ARGUMENTS }, () => rawValueTypeInfo);
  wf.setHandler(wf.defineSignal<[RawValue | undefined]>(name, { typeInfo: { inputTypes } }), (raw) =>
    handle(read(raw)),
  );
}

function read(raw: RawValue | undefined): unknown {
  if (raw === undefined) return undefined;
  try {
    return wf.defaultPayloadConverter.fromPayload<unknown>(raw.payload);
  } catch {
    return undefined;
  }
}
