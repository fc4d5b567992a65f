import { InvalidArgumentError } from 'commander';

export const REVIEWS_PATH = '/api/v1/reviews';

export function parseConfidence(text: string): number {
  const confidence = Number(text);
  if (/^\d{1,3}(\.\d{1,2})?$/.test(text) && confidence <= 100) return confidence;
  throw new InvalidArgumentError('expected a number from 0 to 100');
}
