/** How well the matching does on records whose duplicates are known: the figures that the product promises. */
import { describe, expect, it } from 'vitest';
import { type Found, findInGold, type Gold, qualityOf, readGold } from '../../support/gold.ts';

const auto = (confidence: number) => confidence > 90;
const review = (confidence: number) => confidence >= 70;

function candidateQuality(gold: Gold, { confidences, summary }: Found): { recall: number; pairsPerRecord: number } {
  const looked = [...gold.pairs].filter((pair) => confidences.has(pair)).length;
  return { recall: looked / gold.pairs.size, pairsPerRecord: summary.candidatePairs / summary.records };
}

function expectQuality(
  gold: Gold,
  found: Found,
  taken: (confidence: number) => boolean,
  least: [number, number],
): void {
  const { precision, recall } = qualityOf(gold, found, taken);
  expect(precision).toBeGreaterThanOrEqual(least[0]);
  expect(recall).toBeGreaterThanOrEqual(least[1]);
}

describe('restaurants of two real guides', () => {
  const gold = readGold('fodors_zagats');
  const found = findInGold(gold);

  it('are found', () => {
    expectQuality(gold, found, auto, [0.99, 0.92]);
    expectQuality(gold, found, review, [0.94, 0.97]);
  });

  it('are found without their phone numbers', () => {
    const businesses = gold.businesses.map((business) => ({ ...business, phone: null }));
    expectQuality(gold, findInGold({ ...gold, businesses }), auto, [0.99, 0.78]);
  });

  it('are compared with few others', () => {
    const { recall, pairsPerRecord } = candidateQuality(gold, found);
    expect(recall).toBeGreaterThanOrEqual(0.99);
    expect(pairsPerRecord).toBeLessThanOrEqual(5);
  });
});

describe('ten thousand invented licenses with branches, tenants and sister businesses among them', () => {
  const gold = readGold('synth_10k');
  const found = findInGold(gold);

  it('are found', () => {
    expectQuality(gold, found, auto, [0.995, 0.85]);
    expectQuality(gold, found, review, [0.96, 0.95]);
  });

  it('are compared with few others, also when all are known to be in one city only', () => {
    const { recall, pairsPerRecord } = candidateQuality(gold, found);
    expect(recall).toBeGreaterThanOrEqual(0.99);
    expect(pairsPerRecord).toBeLessThanOrEqual(5);
    const cityOnly = { ...gold, businesses: gold.businesses.map((business) => ({ ...business, zip: null })) };
    const { recall: again, pairsPerRecord: pairs } = candidateQuality(cityOnly, findInGold(cityOnly));
    expect(again).toBeGreaterThanOrEqual(0.99);
    expect(pairs).toBeLessThanOrEqual(5);
  });
});
