/** Whether the tables hold what the model says. */
import { expect } from 'vitest';
import { FIELDS } from './fields.ts';
import type { Real } from './real.ts';
import type { Model } from './state.ts';

/** Versions and writes of each license when both were last compared. */
export type Written = Map<string, { version: number; writes: number }>;

/**
 * Compares every license, link, record of the mirror and open conflict. A license must have a new version exactly when the model wrote it.
 * @throws an assertion error that shows what differs.
 */
export async function expectAgreement(model: Model, real: Real, written: Written): Promise<void> {
  const tables = await real.tables();
  const { licenses, ...rest } = tables;
  expect({ licenses: mapValues(licenses, ({ held }) => held), ...rest }).toEqual({
    licenses: Object.fromEntries([...model.licenses.values()].map(({ id, held }) => [id, held])),
    links: Object.fromEntries(
      [...model.links].map(([sourceKey, { licenseId, role, base }]) => [
        sourceKey,
        { licenseId, role, base: Object.fromEntries(FIELDS.map(({ said }) => [said, base[said] ?? null])) },
      ]),
    ),
    mirror: Object.fromEntries(model.mirror),
    conflicts: Object.fromEntries(
      [...model.conflicts].map(([key, { licenseId, resolution }]) => [key, { licenseId, resolution }]),
    ),
  });
  const risen: Record<string, boolean> = {};
  const rewritten: Record<string, boolean> = {};
  for (const { id, writes } of model.licenses.values()) {
    const version = licenses[id]?.version ?? 0;
    const before = written.get(id);
    risen[id] = version !== before?.version;
    rewritten[id] = writes !== before?.writes;
    written.set(id, { version, writes });
  }
  expect(risen).toEqual(rewritten);
}

function mapValues<A, B>(object: Record<string, A>, to: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, to(value)]));
}
