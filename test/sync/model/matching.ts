/** The model's matching: which license a record without a link belongs to. */
import { licenseIdFor } from '../../../domain/identity.ts';
import { keyIn, type Said } from './fields.ts';
import { isBarred, linksOf, liveLicenses, type Model, pairOf, rootOf } from './state.ts';

/** The licenses that records resemble beyond doubt, as the product's search found them. */
export type Similar = ReadonlyMap<string, string>;

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
export function matchAll(model: Model, feed: ReadonlyMap<string, Said>, similar: Similar): Matching {
  const matching: Matching = { decisions: new Map(), ambiguous: new Set() };
  matchByOverride(model, feed, matching);
  for (const column of KEYS) {
    matchByKey(model, feed, matching, column);
    if (column !== 'external_email') matchByArchived(model, feed, matching, column);
  }
  matchWithOwn(model, feed, matching);
  for (const [sourceKey, licenseId] of similar) takeSimilar(model, feed, matching, { sourceKey, licenseId });
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
    const licenseId = rootOf(model, said.licenseId);
    const role = isFed(model, feed, matching, licenseId) ? 'secondary' : 'primary';
    matching.decisions.set(sourceKey, { licenseId, role });
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
    const [license, ...others] = liveLicenses(model).filter(
      ({ id, held }) => keyIn(held, column) === key && !isBarred(model, sourceKey, id),
    );
    if (!license) continue;
    const carriers = [...feed].filter(
      ([record, says]) => keyIn(says, column) === key && !isBarred(model, record, license.id),
    );
    const isTaken = linksOf(model, license.id).length > 0 || settled.has(license.id) || isGiven(matching, license.id);
    // An appid on several records still names one customer: the first of them has it.
    const isProof = column === 'appid' || carriers.length === 1;
    if (others.length > 0 || isTaken || !isProof) matching.ambiguous.add(sourceKey);
    else matching.decisions.set(sourceKey, { licenseId: license.id, role: 'primary' });
  }
}

/** A key that only archived licenses carry leads to what they were consolidated into; one record a key, the first. */
function matchByArchived(
  model: Model,
  feed: ReadonlyMap<string, Said>,
  matching: Matching,
  column: (typeof KEYS)[number],
): void {
  const open = [...feed.keys()].filter((sourceKey) => isOpen(model, matching, sourceKey));
  const fedBefore = new Set(liveLicenses(model).flatMap(({ id }) => (isFed(model, feed, matching, id) ? [id] : [])));
  const taken = new Set<unknown>();
  for (const sourceKey of open) {
    const key = keyIn(feed.get(sourceKey) ?? {}, column);
    const carriers = [...model.licenses.values()].filter(({ held }) => key !== null && keyIn(held, column) === key);
    if (carriers.length === 0 || carriers.some(({ archivedInto }) => archivedInto === null)) continue;
    const roots = new Set(carriers.map(({ id }) => rootOf(model, id)));
    const [root, ...others] = [...roots].filter((id) => !isBarred(model, sourceKey, id));
    if (root === undefined) continue;
    const others_ = [...feed].filter(([record, says]) => keyIn(says, column) === key && !open.includes(record));
    if (others.length > 0 || others_.length > 0 || taken.has(key)) {
      matching.ambiguous.add(sourceKey);
      continue;
    }
    taken.add(key);
    matching.decisions.set(sourceKey, { licenseId: root, role: fedBefore.has(root) ? 'secondary' : 'primary' });
    fedBefore.add(root);
  }
}

/** A record that was unlinked from a license by a person goes back to the one that was once made of it: it cannot be made twice. */
function matchWithOwn(model: Model, feed: ReadonlyMap<string, Said>, matching: Matching): void {
  for (const sourceKey of feed.keys()) {
    const own = licenseIdFor(sourceKey);
    if (model.links.has(sourceKey) || matching.decisions.has(sourceKey) || !model.licenses.has(own)) continue;
    const licenseId = rootOf(model, own);
    const role = isFed(model, feed, matching, licenseId) ? 'secondary' : 'primary';
    matching.ambiguous.delete(sourceKey);
    matching.decisions.set(sourceKey, { licenseId, role });
  }
}

/** What the product found alike it may take only where nothing speaks against it. @throws where something does. */
function takeSimilar(
  model: Model,
  feed: ReadonlyMap<string, Said>,
  matching: Matching,
  { sourceKey, licenseId }: { sourceKey: string; licenseId: string },
): void {
  const isFree = linksOf(model, licenseId).length === 0 && !isGiven(matching, licenseId);
  const isLive = model.licenses.get(licenseId)?.archivedInto === null;
  const isApart = isBarred(model, sourceKey, licenseId) || model.verdicts.has(pairOf(sourceKey, `l:${licenseId}`));
  if (!feed.has(sourceKey) || !isOpen(model, matching, sourceKey) || !isFree || !isLive || isApart) {
    throw new Error(
      `record ${sourceKey} was linked to license ${licenseId}, which it resembles, against what is known`,
    );
  }
  matching.decisions.set(sourceKey, { licenseId, role: 'primary' });
}
