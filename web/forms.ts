/** What visitors send: queries and forms, as their schemas say. */
import type { Context } from 'hono';
import { z } from 'zod';
import { ApiProblem } from '../http/problem.ts';

export function toForm(body: string): URLSearchParams {
  return new URLSearchParams(body);
}

/** @throws {ApiProblem} `invalid-request`, naming each parameter that does not fit. Unknown ones are ignored, empty ones count as absent. */
export function readQuery<S extends z.ZodType>(c: Context, schema: S): z.output<S> {
  return check(schema, Object.fromEntries(new URL(c.req.url).searchParams));
}

/**
 * Of a form read by `acts`. Fields that may be sent several times are read with `c.get('form').getAll(name)`.
 * @throws {ApiProblem} `invalid-request`, naming each field that does not fit.
 */
export function readForm<S extends z.ZodType>(c: Context, schema: S): z.output<S> {
  return check(schema, Object.fromEntries(c.get('form')));
}

/** Of each field at fault, by its name, what is wrong with it; null when all is well. For forms that are shown again. */
export function formFaults(error: unknown): Record<string, string> | null {
  return error instanceof FormProblem ? error.faults : null;
}

/** A checkbox: absent when it is not ticked. */
export const ticked = z
  .literal('on')
  .optional()
  .transform((value) => value === 'on');

class FormProblem extends ApiProblem {
  readonly faults: Record<string, string>;

  constructor(faults: Record<string, string>) {
    const named = Object.entries(faults).map(([name, message]) => (name === '' ? message : `${name}: ${message}`));
    super('invalid-request', named.join('; '));
    this.faults = faults;
  }
}

function check<S extends z.ZodType>(schema: S, given: Record<string, string>): z.output<S> {
  const filled = Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim() !== ''));
  const result = schema.safeParse(filled);
  if (result.success) return result.data;
  const faults: Record<string, string> = {};
  for (const issue of result.error.issues) faults[issue.path.map(String).join('.')] ??= issue.message;
  throw new FormProblem(faults);
}
