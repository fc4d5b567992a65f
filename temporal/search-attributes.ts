import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { type Config, required } from '../config.ts';
import { SEARCH_ATTRIBUTES } from '../workflows/search-attributes.ts';

/** `IndexedValueType` of Temporal's API. */
const VALUE_TYPE = { KEYWORD: 2, DOUBLE: 4 } as const;
const USABLE_WITHIN_MS = 30_000;

/** Nothing answers at the address of Temporal: trying again later makes sense. */
export class TemporalNotReached extends Error {
  override readonly name = 'TemporalNotReached';
}

/**
 * Registers the product's search attributes and waits until the namespace lists them. Safe to repeat, on any Temporal.
 * @returns the names that were new.
 * @throws {TemporalNotReached}, or another error when Temporal has one of the names with another type.
 */
export async function registerSearchAttributes(config: Config): Promise<string[]> {
  const address = required(config.temporal.address, 'TEMPORAL_ADDRESS', 'the address of the Temporal frontend');
  const { namespace } = config.temporal;
  const connection = await Connection.connect({ address, connectTimeout: 15_000 }).catch((cause: unknown) => {
    throw new TemporalNotReached(
      `Temporal cannot be reached at ${address} (TEMPORAL_ADDRESS); no search attribute was registered`,
      { cause },
    );
  });
  try {
    const list = async () => (await connection.operatorService.listSearchAttributes({ namespace })).customAttributes;
    const known = await list();
    const wanted = SEARCH_ATTRIBUTES.map(({ name, type }) => ({
      name,
      type: VALUE_TYPE[type as keyof typeof VALUE_TYPE],
    }));
    for (const { name, type } of wanted) {
      const there = known[name];
      if (there !== undefined && there !== null && there !== type) {
        throw new Error(`Temporal has a search attribute ${name} of another type; remove or rename it first`);
      }
    }
    const missing = wanted.filter(({ name }) => known[name] === undefined);
    if (missing.length > 0) {
      await connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, type])),
      });
    }
    const deadline = Date.now() + USABLE_WITHIN_MS;
    while (missing.length > 0) {
      const now = await list();
      if (missing.every(({ name }) => now[name] !== undefined)) break;
      if (Date.now() > deadline) throw new Error('Temporal accepted the search attributes but does not list them');
      await sleep(250);
    }
    return missing.map(({ name }) => name);
  } finally {
    await connection.close();
  }
}
