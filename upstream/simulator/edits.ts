/** How `/__control/edit` changes a field: always to another value, always to one that can be read, the same one for the same seed. */
import { Draws, hashText, mix } from './random.ts';
import { keyOf, type RawRecord, statusOf } from './record.ts';

const SUFFIXES = ['North', 'East', 'West', 'South', 'Downtown', 'Plaza', 'Express', 'Studio'] as const;
/** Shortened to this before a suffix is added, so that repeated edits never outgrow a column. */
const LONGEST_NAME = 120;

type Editor = (old: unknown, draws: Draws, countid: number) => unknown;

const EDITORS: Record<string, Editor> = {
  dba: (old, draws) => rename(typeof old === 'string' ? old : 'New Owner', draws),
  zip: (old, draws) => other(old, () => String(10_000 + draws.below(89_999))),
  status: (old) => (statusOf(old) === 1 ? 0 : 1),
  monthlyFee: (old, draws) => other(Number(old ?? 0), () => (995 + 100 * draws.below(190)) / 100),
  smsBalance: (old, draws) => other(Number(old ?? 0), () => (draws.below(120_000) - 10_000) / 100),
  Note: (old, draws) => other(old, () => `Edited upstream (${draws.below(100_000)})`),
  Email_license: (old, draws, countid) => other(old, () => `new${countid}.${draws.below(1000)}@moved.example`),
  phone: (old, draws) =>
    other(old, () => `${201 + draws.below(700)}-${200 + draws.below(800)}-${1000 + draws.below(9000)}`),
  license_type: (old) => (old === 'product' ? 'demo' : 'product'),
  Coming_expired: (old, draws) => other(old, () => american(draws)),
  lastActive: (old, draws) => other(old, () => `${american(draws)} 12:${10 + draws.below(50)}`),
};

export const EDITABLE_FIELDS = Object.keys(EDITORS);
export const DEFAULT_EDIT_FIELDS = ['dba', 'smsBalance'];

/** The changed values of a record, under the keys that the record uses. */
export function editRecord(row: RawRecord, countid: number, seed: number, fields: readonly string[]): RawRecord {
  const changes: RawRecord = {};
  for (const field of fields) {
    const key = keyOf(row, field);
    changes[key] = EDITORS[field]?.(row[key], new Draws(mix(seed, hashText(field)), countid), countid);
  }
  return changes;
}

function other(old: unknown, draw: () => string | number): string | number {
  let value = draw();
  while (value === old) value = draw();
  return value;
}

function rename(old: string, draws: Draws): string {
  const worn = SUFFIXES.find((suffix) => old.endsWith(` ${suffix}`));
  const name = (worn ? old.slice(0, -worn.length - 1) : old).slice(0, LONGEST_NAME);
  return `${name} ${other(worn, () => draws.pick(SUFFIXES))}`;
}

function american(draws: Draws): string {
  return `${10 + draws.below(3)}/${10 + draws.below(18)}/${2026 + draws.below(4)}`;
}
