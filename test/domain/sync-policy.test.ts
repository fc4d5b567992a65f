import { describe, expect, it } from 'vitest';
import type { LicenseField } from '../../domain/license.ts';
import { EDITABLE_FIELDS } from '../../domain/license-edit.ts';
import { FIELD_MAPPINGS, fieldsFrom, MAPPED_FIELDS } from '../../domain/mapping.ts';
import { mappedFieldOf, policyOf } from '../../domain/sync-policy.ts';

/** A value that each field of a record may have. */
const SAID: Record<string, unknown> = {
  status: 1,
  countid: 1,
  monthlyFee: '1',
  smsBalance: '1',
  package: { basic: true },
};
const DAY = '2026-02-14';

describe('the field of a record that feeds a field of the license', () => {
  it('is the one whose value is written there', () => {
    for (const mapped of MAPPED_FIELDS) {
      const value = (SAID[mapped] ?? DAY) as never;
      for (const field of Object.keys(fieldsFrom(mapped, value, null)) as LicenseField[]) {
        expect(mappedFieldOf(field), `${mapped} to ${field}`).toBe(mapped);
        expect(policyOf(field)).toBe(FIELD_MAPPINGS[mapped].policy);
      }
    }
  });

  it('is none where records speak of nothing like it', () => {
    const written = new Set(
      MAPPED_FIELDS.flatMap((one) => Object.keys(fieldsFrom(one, (SAID[one] ?? DAY) as never, null))),
    );
    const own = EDITABLE_FIELDS.map(({ field }) => field).filter((field) => !written.has(field));
    expect(own).toEqual([
      'product',
      'plan',
      'term',
      'seatsTotal',
      'seatsUsed',
      'smsPurchased',
      'smsSent',
      'agents',
      'agentsName',
      'agentsCost',
    ]);
    for (const field of own) expect(policyOf(field)).toBeNull();
  });
});
