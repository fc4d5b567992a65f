/** What each choice of a conflict would do, in words. */
import { canonicalJson } from '../../../domain/canonical.ts';
import { FIELD_MAPPINGS, type FieldPolicy } from '../../../domain/mapping.ts';
import type { ConflictView } from '../../../operations/conflicts.ts';

const POLICIES: Readonly<Record<FieldPolicy, string>> = {
  external_wins: 'In this field the record wins, so its value was taken.',
  fill_empty: 'In this field the license wins unless it is empty.',
  fill_only: 'In this field a sync fills only what is empty.',
  observed: 'This field comes from the record alone.',
};

export function conflictPolicy({ field, resolution }: ConflictView): string {
  const policy = FIELD_MAPPINGS[field].policy;
  // Emptied inside on purpose: even where the license wins, the record's value was taken.
  if (policy !== 'external_wins' && resolution === 'took_external') {
    return 'The license was empty there, so the record’s value was taken.';
  }
  return POLICIES[policy];
}

/** What happens to the license, and to what is sent to the API, by a choice. */
export function effectOf(choice: 'keep' | 'take', { internal, external, present, held }: ConflictView): string {
  const wanted = choice === 'keep' ? internal : external;
  const writes =
    canonicalJson(present) === canonicalJson(wanted)
      ? 'The license says this already, so its value does not change.'
      : 'The license gets this value.';
  if (choice === 'take') return `${writes} Both sides then agree.`;
  const sent = held
    ? 'no longer held back, it goes to the API with the next two-way run'
    : 'the next two-way run may send it to the API';
  return wanted === null
    ? `${writes} It stays empty until the record says something new.`
    : `${writes} It stands by decision: ${sent}.`;
}
