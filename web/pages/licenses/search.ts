/**
 * The query of the list of licenses. What people type may be an address or a number, so it is kept, and the page's address carries only its id;
 * choices and days stand in the address themselves.
 */
import type { Context } from 'hono';
import { z } from 'zod';
import { licenseListQuery, licenseQueryOf } from '../../../api/license-query.ts';
import { LICENSE_STATUSES } from '../../../domain/license.ts';
import type { LicenseQuery } from '../../../operations/licenses.ts';
import { readQuery } from '../../forms.ts';

/** Filters that are typed. */
export const TYPED = [
  'search',
  'dba',
  'email',
  'key',
  'appid',
  'countid',
  'mid',
  'zip',
  'product',
  'plan',
  'term',
  'license_type',
] as const;
export type Typed = Partial<Record<(typeof TYPED)[number], string>>;

export const SORTS = ['createdAt', 'updatedAt', 'dba', 'expiresAt', 'key'] as const;
export const PAGE_SIZE = 50;

const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'expected a day as YYYY-MM-DD');
const flag = z.enum(['true', 'false'], { error: 'expected true or false' });
const statuses = z
  .string()
  .refine(
    (text) => text.split(',').every((name) => LICENSE_STATUSES.some((status) => status === name)),
    `expected ${LICENSE_STATUSES.join(', ')}, or several of them with commas`,
  );

const choices = {
  status: statuses.optional(),
  hasExternalData: flag.optional(),
  external_sync_status: z.enum(['synced', 'vanished'], { error: 'expected synced or vanished' }).optional(),
  origin: z.enum(['internal', 'external', 'import'], { error: 'expected internal, external or import' }).optional(),
  archived: z.literal('true', { error: 'expected true' }).optional(),
  syncedFrom: day.optional(),
  syncedTo: day.optional(),
  updatedSince: day.optional(),
  sortBy: z.enum(SORTS, { error: `expected one of ${SORTS.join(', ')}` }).optional(),
  sortOrder: z.enum(['asc', 'desc'], { error: 'expected asc or desc' }).optional(),
};
const addressQuery = z.object({
  ...choices,
  search: z
    .string()
    .regex(/^\d{1,15}$/, 'expected the number of a search')
    .transform(Number)
    .optional(),
  cursor: z.uuid('expected the id of a license').optional(),
});
const choicesOnly = z.object(choices);

export type Choices = z.output<typeof choicesOnly>;
/** What the address of the list says. */
export type ListAddress = z.output<typeof addressQuery>;

/** @throws {ApiProblem} `invalid-request`, naming each parameter that does not fit. */
export function readListAddress(c: Context): ListAddress {
  return readQuery(c, addressQuery);
}

export interface AskedList {
  typed: Typed;
  choices: Record<string, string>;
  /** Of each field at fault what is wrong with it. */
  faults: Record<string, string>;
}

/** The search form as it was sent; it is checked by the rules of the API's list. */
export function readSearchForm(form: URLSearchParams): AskedList {
  const typed: Typed = {};
  for (const name of TYPED) {
    const text = (form.get(name) ?? '').trim();
    if (text !== '') typed[name] = text;
  }
  const chosen: Record<string, string> = {};
  const status = form.getAll('status').filter((one) => one !== '');
  if (status.length > 0) chosen.status = status.join(',');
  for (const name of Object.keys(choices)) {
    const text = (form.get(name) ?? '').trim();
    if (name !== 'status' && text !== '') chosen[name] = text;
  }
  const faults: Record<string, string> = {};
  const read = choicesOnly.safeParse(chosen);
  const issues = read.success ? check(typed, read.data) : read.error.issues;
  for (const { path, message } of issues) faults[fieldAt(path)] ??= message;
  return { typed, choices: chosen, faults };
}

/** @throws {Error} when they were not checked. */
export function listQuery(typed: Typed, address: ListAddress): LicenseQuery {
  const query = licenseQueryOf(licenseListQuery.parse(parameters(typed, address)));
  return { ...query, limit: PAGE_SIZE, ...(address.cursor === undefined ? {} : { from: { afterId: address.cursor } }) };
}

/** What is wrong with the days of an address. */
export function addressFaults(typed: Typed, address: ListAddress): string[] {
  return check(typed, address).map(({ path, message }) => `${fieldAt(path)}: ${message}`);
}

function check(typed: Typed, given: Choices): { path: PropertyKey[]; message: string }[] {
  const read = licenseListQuery.safeParse(parameters(typed, given));
  return read.success ? [] : read.error.issues;
}

/** As the API's list takes them. */
function parameters(typed: Typed, { syncedFrom, syncedTo, ...rest }: Choices): Record<string, string> {
  const { cursor: _, search: __, ...given } = rest as ListAddress;
  const synced =
    syncedFrom === undefined && syncedTo === undefined
      ? {}
      : { last_external_sync: `${syncedFrom ?? ''}/${syncedTo ?? ''}` };
  const filled = Object.entries({ ...given, ...synced, ...typed }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(filled) as Record<string, string>;
}

function fieldAt(path: readonly PropertyKey[]): string {
  const name = String(path[0] ?? '');
  return name === 'last_external_sync' ? 'syncedFrom' : name;
}
