/** Namespaces of a test's own on the Temporal server that `TEMPORAL_ADDRESS` names: the fixed workflow id never collides. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { loadConfig } from '../../config.ts';
import { registerSearchAttributes } from '../../temporal/search-attributes.ts';

export interface TestNamespace {
  address: string;
  namespace: string;
  client: Client;
  /** Terminates what still runs in the namespace and closes the connection. */
  close(): Promise<void>;
}

const USABLE_WITHIN_MS = 30_000;
const DAY_SECONDS = 86_400;

/** A fresh namespace with the product's search attributes, ready to start workflows in. */
export async function createTestNamespace(): Promise<TestNamespace> {
  const address = process.env.TEMPORAL_ADDRESS;
  if (!address) throw new Error('TEMPORAL_ADDRESS is not set: npm test starts a Temporal server and sets it');
  const namespace = `license-sync-test-${randomBytes(6).toString('hex')}`;
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
  });
  // The server's parts learn of a namespace one after another.
  await eventually(() =>
    registerSearchAttributes(loadConfig({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace })),
  );
  await eventually(async () => {
    for await (const _ of client.workflow.list({ pageSize: 1 })) break;
  });
  return {
    address,
    namespace,
    client,
    async close() {
      for await (const { workflowId } of client.workflow.list({ query: "ExecutionStatus = 'Running'" })) {
        await client.workflow.getHandle(workflowId).terminate('the test is over').catch(gone);
      }
      await connection.close();
    },
  };
}

/** A child ends with its parent, so it may be gone when its turn comes. */
function gone(error: unknown): void {
  if (error instanceof Error && error.name === 'WorkflowNotFoundError') return;
  throw error;
}

async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + USABLE_WITHIN_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(200);
    }
  }
}
