/** Which duplicate cases are looked at: the filter as it stands in addresses, and what it asks of the queue. */
import { z } from 'zod';
import type { CaseFilter, CasePlace } from '../../../db/cases.ts';
import { CASE_KINDS, CASE_STATES, type CaseKind, type CaseState } from '../../../domain/reviews.ts';

/** Bands of confidence, in percent. */
export const BANDS = ['90-100', '80-90', '70-80', '0-70', '80-100', '70-100'] as const;

export const filterSchema = z.object({
  state: z.enum([...CASE_STATES, 'all'], { error: `expected ${CASE_STATES.join(', ')} or all` }).default('open'),
  kind: z.enum(CASE_KINDS, { error: `expected ${CASE_KINDS.join(', ')}` }).optional(),
  assigned: z.enum(['me', 'none'], { error: 'expected me or none' }).optional(),
  confidence: z.enum(BANDS, { error: `expected ${BANDS.join(', ')}` }).optional(),
  held: z.enum(['exclude', 'only', 'include'], { error: 'expected exclude, only or include' }).default('exclude'),
});
export type ReviewFilter = z.output<typeof filterSchema>;

export const queueSchema = filterSchema.extend({
  cursor: z
    .string()
    .regex(/^-?\d{1,6}(\.\d{1,3})?_\d{1,15}$/, 'expected the cursor of a page before')
    .optional(),
  ...lastSchema(),
});

export const caseSchema = filterSchema.extend(lastSchema());

/** The case that was decided last, and its version after that: what `u` undoes. */
function lastSchema() {
  return {
    last: z.coerce.number().int().min(1).max(999_999_999_999_999).optional(),
    lastVersion: z.coerce.number().int().min(0).max(4_294_967_295).optional(),
  };
}

/** The filter for addresses, without what holds anyway. */
export function filterQuery({
  state,
  kind,
  assigned,
  confidence,
  held,
}: ReviewFilter): Record<string, string | undefined> {
  return {
    state: state === 'open' ? undefined : state,
    kind,
    assigned,
    confidence,
    held: held === 'exclude' ? undefined : held,
  };
}

export function isFiltered(filter: ReviewFilter): boolean {
  return Object.values(filterQuery(filter)).some((value) => value !== undefined);
}

/** @param me who looks. */
export function caseFilterOf({ state, kind, assigned, confidence, held }: ReviewFilter, me: string): CaseFilter {
  const [from, below] = (confidence ?? '0-100').split('-').map(Number);
  return {
    state: state === 'all' ? undefined : state,
    kind,
    assignedTo: assigned === undefined ? undefined : assigned === 'me' ? me : null,
    minConfidence: from === 0 ? undefined : from,
    belowConfidence: below === 100 ? undefined : below,
    held: held === 'include' || state !== 'open' ? undefined : held,
  };
}

export function placeOf(cursor: string | undefined): CasePlace | null {
  if (cursor === undefined) return null;
  const [priority = '0', id = '0'] = cursor.split('_');
  return { priority, id: Number(id) };
}

export const STATE_LABELS: Readonly<Record<CaseState, string>> = {
  open: 'open',
  flagged: 'flagged for later',
  approved: 'approved',
  rejected: 'rejected',
  superseded: 'superseded',
  undone: 'undone',
};

export const KIND_LABELS: Readonly<Record<CaseKind, string>> = {
  external: 'two or more records',
  internal: 'two or more of our own licenses',
  cross_system: 'a record and a license of our own',
};
