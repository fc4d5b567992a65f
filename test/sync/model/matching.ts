/** The model's matching: which license a record without a link belongs to. */
import { licenseIdFor } from '../../../domain/identity.ts';
import { keyIn, type Said } from './fields.ts';
import { linksOf, type Model } from './state.ts';

export interface Decision {
  licenseId: string;
  role: 'primary' | 'secondary';
}

export interface Matching {
  decisions: Map<string, Decision>;
  /** Records that resemble a license and were not given it. */
  ambiguous: Set<string>;
}

const KEYS = ['appid', 'external_email', 'countid'] as const;

/** @param feed what was read, by source key, in the order of countids. */
export function matchAll(model: Model, feed: ReadonlyMap<string, Said>): Matching {
  const matching: Matching = { decisions: new Map(), ambiguous: new Set() };
  matchByOverride(model, feed, matching);
  for (const column of KEYS) matchByKey(model, feed, matching, column);
  matchWithOwn(model, feed, matching);
  return matching;
}

function isOpen(model: Model, { decisions, ambiguous }: Matching, sourceKey: string): boolean {
  return !model.links.has(sourceKey) && !decisions.has(sourceKey) && !ambiguous.has(sourceKey);
}

function isGiven({ decisions }: Matching, licenseId: string): boolean {
  return [...decisions.values()].some((decision) => decision.licenseId === licenseId);
}

/** A license that a living record feeds takes others as secondaries. */
function isFed(model: Model, feed: ReadonlyMap<string, Said>, matching: Matching, licenseId: string): boolean {
  const lives = linksOf(model, licenseId).some(({ sourceKey, lives }) => lives || feed.has(sourceKey));
  return lives || isGiven(matching, licenseId);
}

function matchByOverride(model: Model, feed: ReadonlyMap<string, Said>, matching: Matching): void {
  for (const sourceKey of feed.keys()) {
    const said = model.overrides.find((override) => override.kind === 'always' && override.sourceKey === sourceKey);
    if (!said || model.links.has(sourceKey)) continue;
    const role = isFed(model, feed, matching, said.licenseId) ? 'secondary' : 'primary';
    matching.decisions.set(sourceKey, { licenseId: said.licenseId, role });
  }
}

function matchByKey(
  model: Model,
  feed: ReadonlyMap<string, Said>,
  matching: Matching,
  column: (typeof KEYS)[number],
): void {
  const open = [...feed.keys()].filter((sourceKey) => isOpen(model, matching, sourceKey));
  // What a stronger key has settled stays out; what this key gives away counts from the next record on.
  const settled = new Set([...matching.decisions.values()].map(({ licenseId }) => licenseId));
  for (const sourceKey of open) {
    const said = feed.get(sourceKey) ?? {};
    const key = keyIn(said, column);
    if (key === null) continue;
    const isBarred = (record: string, licenseId: string) =>
      model.overrides.some((o) => o.kind === 'never' && o.sourceKey === record && o.licenseId === licenseId);
    const [license, ...others] = [...model.licenses.values()].filter(
      ({ id, held }) => keyIn(held, column) === key && !isBarred(sourceKey, id),
    );
    if (!license) continue;
    const carriers = [...feed].filter(([record, says]) => keyIn(says, column) === key && !isBarred(record, license.id));
    const isTaken = linksOf(model, license.id).length > 0 || settled.has(license.id) || isGiven(matching, license.id);
    // An appid on several records still names one customer: the first of them has it.
    const isProof = column === 'appid' || carriers.length === 1;
    if (others.length > 0 || isTaken || !isProof) matching.ambiguous.add(sourceKey);
    else matching.decisions.set(sourceKey, { licenseId: license.id, role: 'primary' });
  }
}

/** A record that was unlinked from a license by a person goes back to the one that was once made of it: it cannot be made twice. */
function matchWithOwn(model: Model, feed: ReadonlyMap<string, Said>, matching: Matching): void {
  for (const sourceKey of feed.keys()) {
    const licenseId = licenseIdFor(sourceKey);
    if (model.links.has(sourceKey) || matching.decisions.has(sourceKey) || !model.licenses.has(licenseId)) continue;
    const role = isFed(model, feed, matching, licenseId) ? 'secondary' : 'primary';
    matching.ambiguous.delete(sourceKey);
    matching.decisions.set(sourceKey, { licenseId, role });
  }
}
