import type { Business, Prepared } from './business.ts';
import type { Comparison, Finding } from './evidence.ts';

export interface Evidence {
  group: 'prior' | 'name' | 'numbers' | 'location' | 'phone' | 'email';
  /** Stable id such as `name_similar_90`. */
  level: string;
  bits: number;
  /** The two values compared, as the records have them; null for nothing. */
  a: string | null;
  b: string | null;
  note: string | null;
}

/** A level in words: `name_similar_90` of the name is `similar 90`. */
export function levelInWords({ group, level }: Pick<Evidence, 'group' | 'level'>): string {
  const text = level.startsWith(`${group}_`) ? level.slice(group.length + 1) : level;
  return text.replaceAll('_', ' ');
}

/** The evidence of a pair in a fixed order, with the values of `a` and `b` as they were given. */
export function describe(
  seen: Comparison,
  { business: a }: Prepared,
  { business: b }: Prepared,
  records: number,
): Evidence[] {
  const { prior, name, numbers, location, phone, email } = seen;
  const found: Evidence[] = [
    { group: 'prior', ...bare(prior), a: null, b: null, note: `any candidate pair among ${records} records` },
    { group: 'name', ...bare(name), a: a.dba, b: b.dba, note: nameNote(seen) },
  ];
  if (numbers) found.push({ group: 'numbers', ...bare(numbers), a: a.dba, b: b.dba, note: null });
  found.push(
    { group: 'location', ...bare(location), a: placeOf(a), b: placeOf(b), note: null },
    { group: 'phone', ...bare(phone), a: a.phone, b: b.phone, note: sharedNote(phone) },
    { group: 'email', ...bare(email), a: a.email, b: b.email, note: sharedNote(email) },
  );
  return found;
}

function bare({ level, bits }: Finding): { level: string; bits: number } {
  return { level, bits };
}

function nameNote({ name }: Comparison): string | null {
  if (name.level === 'name_missing') return null;
  return name.level === 'name_equal' ? sharedNote(name) : `${Math.round(name.similarity * 100)} % alike`;
}

function sharedNote({ sharedBy }: Finding): string | null {
  return sharedBy !== null && sharedBy > 2 ? `${sharedBy} records share it` : null;
}

function placeOf({ address, city, zip }: Business): string | null {
  const said = [address, city, zip].map((part) => part?.trim() ?? '').filter((part) => part !== '');
  return said.length === 0 ? null : said.join(', ');
}
