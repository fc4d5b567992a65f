/** The shapes of what is told about duplicates. */
import { z } from '@hono/zod-openapi';
import { LICENSE_STATUSES } from '../domain/license.ts';
import { MATCH_REASONS, RECOMMENDATIONS } from '../domain/match-reasons.ts';
import { orNull } from './schemas.ts';

const count = z.number().int().min(0);
export const confidence = z.number().min(0).max(100);
const text = z.string().nullable();

export const businessSchema = z.object({ dba: text, email: text, phone: text, address: text, city: text, zip: text });

export const pairScoreSchema = z
  .object({
    confidence,
    uncapped: confidence.openapi({ description: 'What the evidence alone would say.' }),
    bits: z.number(),
    decision: z.enum(['auto', 'review', 'observe', 'none']),
    cap: z
      .object({ rule: z.string(), confidence, why: z.string() })
      .nullable()
      .openapi({ description: 'The rule that keeps the confidence from being higher.' }),
    evidence: z.array(
      z.object({
        group: z.enum(['prior', 'name', 'numbers', 'location', 'phone', 'email']),
        level: z.string(),
        bits: z.number(),
        a: text,
        b: text,
        note: text,
      }),
    ),
    wouldChange: z.array(z.object({ to: z.enum(['auto', 'review', 'below']), what: z.string() })),
  })
  .openapi('PairScore', {
    description: 'Evidence in bits, which add up: confidence = 100 / (1 + 2^-bits), unless a cap applies.',
  });

export const potentialDuplicateSchema = z
  .object({
    licenseId: z.string(),
    licenseKey: z.string(),
    dba: text,
    status: z.enum(LICENSE_STATUSES),
    confidenceScore: confidence,
    matchReasons: z.array(z.enum(MATCH_REASONS)),
    recommendation: z.enum(RECOMMENDATIONS),
    explanation: orNull(pairScoreSchema).optional().openapi({ description: 'With explain=true.' }),
  })
  .openapi('PotentialDuplicate');

export const duplicateCheckSchema = z
  .object({
    hasDuplicates: z.boolean(),
    recommendation: z
      .enum(RECOMMENDATIONS)
      .openapi({ description: 'Of the strongest one found; keep_separate when there is none.' }),
    potentialDuplicates: z.array(potentialDuplicateSchema).openapi({ description: 'Best first, fifty at most.' }),
    checkedAgainst: count.openapi({ description: 'Licenses that are not archived.' }),
    threshold: confidence,
    upToDate: z
      .boolean()
      .openapi({ description: 'False while the last changes are still to be taken into the comparison.' }),
  })
  .openapi('DuplicateCheck');

export const suspectSchema = z
  .object({
    licenseId: z.string(),
    licenseKey: z.string(),
    confidenceScore: confidence,
    matchReasons: z.array(z.enum(MATCH_REASONS)),
    decision: z.enum(['auto', 'review', 'observe', 'none']),
  })
  .openapi('SuspectedDuplicate');

const pairSide = z.object({
  ref: z.string().openapi({ description: 'The source key of a record, or `l:` and the id of a license.' }),
  licenseId: text,
  licenseKey: text,
  business: businessSchema,
});

export const observationSchema = z
  .object({
    confidence,
    a: pairSide,
    b: pairSide,
    explanation: pairScoreSchema.optional().openapi({ description: 'With explain=true: as things stand now.' }),
  })
  .openapi('DuplicateObservation');

export const explanationSchema = z
  .object({
    a: pairSide,
    b: pairSide,
    score: pairScoreSchema,
    sharedKeys: z
      .array(z.enum(['phone', 'email', 'domain', 'name', 'place_word', 'street']))
      .openapi({ description: 'What brings the two together; when empty, no run compares them.' }),
    verdict: z
      .object({
        verdict: z.enum(['same', 'different']),
        by: z.string(),
        at: z.string().openapi({ format: 'date-time' }),
        outdated: z.boolean().openapi({ description: 'One of them says something else since.' }),
      })
      .nullable(),
    sentence: z.string(),
    compared: count.openapi({ description: 'Pairs of their records that were compared; told is the one most alike.' }),
  })
  .openapi('PairExplanation');
