/** Whether the tables hold what the model says. */
import { expect } from 'vitest';
import { FIELDS } from './fields.ts';
import type { Real, Tables } from './real.ts';
import { type Model, rootOf } from './state.ts';

/** Versions and writes of each license when both were last compared. */
export type Written = Map<string, { version: number; writes: number }>;

/**
 * Compares every license, link, record of the mirror and open conflict. A license must have a new version exactly when the model wrote it.
 * @throws an assertion error that shows what differs.
 */
export async function expectAgreement(model: Model, real: Real, written: Written): Promise<void> {
  const tables = await real.tables();
  const { licenses, ...rest } = tables;
  expectWhole(tables);
  expect({
    licenses: mapValues(licenses, ({ held, archivedInto }) => ({ ...held, archivedInto })),
    ...rest,
  }).toEqual({
    licenses: Object.fromEntries(
      [...model.licenses.values()].map(({ id, held, archivedInto }) => [id, { ...held, archivedInto }]),
    ),
    links: Object.fromEntries(
      [...model.links].map(([sourceKey, { licenseId, role, base }]) => [
        sourceKey,
        { licenseId, role, base: Object.fromEntries(FIELDS.map(({ said }) => [said, base[said] ?? null])) },
      ]),
    ),
    mirror: Object.fromEntries(model.mirror),
    conflicts: Object.fromEntries(
      [...model.conflicts].map(([key, { licenseId, resolution }]) => [
        key,
        { licenseId, resolution, held: resolution === 'kept_internal' },
      ]),
    ),
    due: dueIn(model),
  });
  await expectUpstream(model, real);
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

/** Upstream holds what people there wrote, and what was sent, and nothing was sent twice. */
async function expectUpstream(model: Model, real: Real): Promise<void> {
  const expected = [...model.upstream.values()].sort((a, b) => Number(a.countid) - Number(b.countid));
  expect({ truth: await real.truth(), puts: await real.puts() }).toEqual({ truth: expected, puts: model.puts });
}

function dueIn({ due }: Model): Tables['due'] {
  const byRecord: Record<string, string[]> = {};
  for (const { sourceKey, fields } of due) {
    byRecord[sourceKey] = [...(byRecord[sourceKey] ?? []), ...fields.map(({ said }) => said)].sort();
  }
  return byRecord;
}

/** What must hold of the tables whatever the model says: every link leads to a license that lives, and one record feeds each. */
function expectWhole({ licenses, links }: Tables): void {
  const primaries = Object.values(links).filter(({ role }) => role === 'primary');
  expect(primaries.map(({ licenseId }) => licenseId).sort()).toEqual(
    [...new Set(Object.values(links).map(({ licenseId }) => licenseId))].sort(),
  );
  expect(Object.entries(links).filter(([, { licenseId }]) => licenses[licenseId]?.archivedInto !== null)).toEqual([]);
  for (const id of Object.keys(licenses)) {
    let at: string | null = id;
    for (let step = 0; at !== null && step < 100; step += 1) at = licenses[at]?.archivedInto ?? null;
    expect(at, `license ${id} leads to one that lives`).toBeNull();
  }
}

/** After a run that read everything: every record of the feed has a license, and whatever was a license leads to one that lives. */
export async function expectNothingLost(model: Model, real: Real): Promise<void> {
  const lost = [...model.upstream.keys()].filter((countid) => !model.links.has(`c:${countid}`));
  expect(lost).toEqual([]);
  for (const { id, archivedInto } of model.licenses.values()) {
    if (archivedInto !== null) expect(await real.resolve(id)).toBe(rootOf(model, id));
  }
}

function mapValues<A, B>(object: Record<string, A>, to: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, to(value)]));
}
