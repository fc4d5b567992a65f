/** What must be found nowhere but in business data, and where people and machines look. */
import type { Rig } from './rig.ts';

/** Shorter ones are words that may stand anywhere. */
const SHORTEST = 7;

/** E-mail addresses, phone numbers and passwords of all records that the License API has now, and its key. */
export async function secretsOf(rig: Rig): Promise<string[]> {
  const secrets = new Set<string>();
  const { apiKey } = rig.simulator;
  if (apiKey !== null) secrets.add(apiKey);
  for await (const { pass, Email_license: email, phone } of rig.simulator.control.truth()) {
    for (const value of [pass, email, phone]) {
      if (typeof value === 'string' && value.length >= SHORTEST) secrets.add(value);
    }
  }
  return [...secrets];
}

/** Those of the secrets that the text holds, whatever their case, also percent-encoded. */
export function foundIn(text: string, secrets: readonly string[]): string[] {
  const lower = text.toLowerCase();
  return secrets.filter((secret) =>
    [secret, encodeURIComponent(secret)].some((spelled) => lower.includes(spelled.toLowerCase())),
  );
}

/** Texts and decoded payloads of all histories in the namespace. @returns how many histories, and what they say. */
export async function readHistories({ temporal }: Rig): Promise<{ histories: number; text: string }> {
  const { workflow } = temporal.client;
  let histories = 0;
  let text = '';
  for await (const { workflowId, runId, raw } of workflow.list()) {
    histories += 1;
    text += readable(raw) + readable(await workflow.getHandle(workflowId, runId).fetchHistory());
  }
  return { histories, text };
}

/** All texts and decoded payloads of a message of Temporal's. */
function readable(value: unknown): string {
  if (typeof value === 'string') return `${value}\n`;
  if (value instanceof Uint8Array) return `${Buffer.from(value).toString('utf8')}\n`;
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(readable).join('');
}
