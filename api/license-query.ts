/** The query string of the list of licenses: filters, order, and where to begin. */
import { z } from '@hono/zod-openapi';
import { sqlInstant } from '../db/connect.ts';
import type { LicenseFilter } from '../db/license-filters.ts';
import { LICENSE_SORTS, type LicenseOrder, type LicensePlace } from '../db/licenses.ts';
import { LICENSE_STATUSES, type LicenseStatus } from '../domain/license.ts';
import { readValue } from '../domain/license-edit.ts';
import { ApiProblem } from '../http/problem.ts';
import type { LicenseQuery } from '../operations/licenses.ts';
import { flagParam, numberParam } from './schemas.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_PAGE = 1_000_000;
const MAX_WORDS = 10;
const DAY_MS = 86_400_000;
const LAST_DAY = '9999-12-31';
const STATUS_NAME = `\\s*(${LICENSE_STATUSES.join('|')})\\s*`;
const STATUS_LIST = `^${STATUS_NAME}(,${STATUS_NAME})*$`;
const DIRECTIONS = ['asc', 'desc'] as const;

const textParam = (max: number, about?: string) =>
  z
    .string()
    .trim()
    .min(1, 'expected some text')
    .max(max, `expected at most ${max} characters`)
    .optional()
    .openapi({
      type: 'string',
      pattern: '\\S',
      maxLength: max,
      ...(about === undefined ? {} : { description: about }),
    });

const wordsParam = (about: string) =>
  textParam(200, about)
    .refine(
      (text) => text === undefined || text.split(/\s+/).length <= MAX_WORDS,
      `expected at most ${MAX_WORDS} words`,
    )
    .openapi({ pattern: `^\\s*\\S+(\\s+\\S+){0,${MAX_WORDS - 1}}\\s*$` });

const statusParam = z
  .string()
  .transform((text, context) => {
    const names = text.split(',').map((name) => name.trim());
    const known = names.filter((name): name is LicenseStatus => LICENSE_STATUSES.some((status) => status === name));
    if (known.length < names.length) {
      context.addIssue({ code: 'custom', message: `expected ${LICENSE_STATUSES.join(', ')}, or several of them` });
    }
    return [...new Set(known)].sort();
  })
  .optional()
  .openapi({
    type: 'string',
    pattern: STATUS_LIST,
    example: 'active,expiring',
    description: 'One status, or several with commas.',
  });

export const licenseListQuery = z
  .strictObject({
    page: numberParam(1, MAX_PAGE),
    limit: numberParam(1, MAX_LIMIT),
    cursor: textParam(1000, 'From meta.nextCursor, or follow the Link header. Not together with page.'),
    sortBy: z.enum(LICENSE_SORTS, { error: `expected one of ${LICENSE_SORTS.join(', ')}` }).optional(),
    sortOrder: z.enum(DIRECTIONS, { error: 'expected asc or desc' }).optional(),
    status: statusParam,
    hasExternalData: flagParam,
    search: wordsParam(
      'Every word in the business name; or the whole of an appid (also behind EXT-), key, e-mail, countid, mid or zip.',
    ),
    key: textParam(64),
    appid: textParam(191),
    countid: numberParam(0, Number.MAX_SAFE_INTEGER),
    mid: textParam(100),
    dba: wordsParam('Every word must occur in the name.'),
    zip: textParam(20),
    license_type: textParam(50),
    product: textParam(255),
    plan: textParam(255),
    term: textParam(50),
    origin: z.enum(['internal', 'external', 'import'], { error: 'expected internal, external or import' }).optional(),
    external_sync_status: z.enum(['synced', 'vanished'], { error: 'expected synced or vanished' }).optional(),
    last_external_sync: z
      .string()
      .transform((text, context) => {
        const range = readRange(text);
        if (range === null) {
          context.addIssue({
            code: 'custom',
            message: 'expected a day as YYYY-MM-DD, or from/to; either may be left out',
          });
        }
        return range ?? undefined;
      })
      .optional()
      .openapi({ type: 'string', example: '2026-01-01/2026-01-31', description: 'A day, or from/to; both count.' }),
    email: textParam(254),
    archived: flagParam.openapi({ type: 'boolean', description: 'Also licenses that were consolidated into another.' }),
    updatedSince: z
      .string()
      .transform((text, context) => {
        const instant = readInstant(text);
        if (instant === null) {
          context.addIssue({ code: 'custom', message: 'expected a time such as 2026-02-14T15:30:00Z, or a day' });
        }
        return instant === null ? undefined : sqlInstant(instant);
      })
      .optional()
      .openapi({ type: 'string', format: 'date-time' }),
  })
  .superRefine(({ page, cursor }, context) => {
    if (page !== undefined && cursor !== undefined) {
      context.addIssue({ code: 'custom', path: ['page'], message: 'not together with cursor' });
    }
  });

/** @throws {ApiProblem} when the cursor is none of this list's. */
export function licenseQueryOf(query: z.output<typeof licenseListQuery>): LicenseQuery {
  const { page = 1, limit = DEFAULT_LIMIT, cursor, sortBy: sort = 'createdAt', ...rest } = query;
  const { sortOrder: direction = sort === 'createdAt' || sort === 'updatedAt' ? 'desc' : 'asc', ...filters } = rest;
  const { license_type, external_sync_status, last_external_sync, ...sameNamed } = filters;
  const filter: LicenseFilter = {
    ...sameNamed,
    licenseType: license_type,
    externalSyncStatus: external_sync_status,
    lastExternalSync: last_external_sync,
  };
  const from = cursor === undefined ? { page } : { after: readCursor(cursor, { sort, direction }) };
  return { filter, sort, direction, limit, from };
}

/** An opaque text for the place where a page ends. */
export function cursorOf({ sort, direction }: LicenseOrder, { value, id }: LicensePlace): string {
  return Buffer.from(JSON.stringify([sort, direction, value, id])).toString('base64url');
}

const cursorSchema = z.tuple([
  z.enum(LICENSE_SORTS),
  z.enum(DIRECTIONS),
  z.string().max(300).nullable(),
  z.string().regex(/^[0-9a-f-]{36}$/),
]);
const SQL_INSTANT = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}\.\d{3}$/;

function readCursor(text: string, order: LicenseOrder): LicensePlace {
  const read = cursorSchema.safeParse(parseJson(Buffer.from(text, 'base64url').toString('utf8')));
  if (!read.success) throw badCursor('expected what meta.nextCursor gave');
  const [sort, direction, value, id] = read.data;
  if (sort !== order.sort || direction !== order.direction) throw badCursor(`it belongs to ${sort} ${direction}`);
  const isTime = sort.endsWith('At');
  if (isTime && value !== null && !(SQL_INSTANT.test(value) && !Number.isNaN(Date.parse(`${value}Z`)))) {
    throw badCursor('expected what meta.nextCursor gave');
  }
  return { value, id };
}

function badCursor(why: string): ApiProblem {
  return new ApiProblem('invalid-request', `cursor: ${why}`, {
    members: { errors: [{ parameter: 'cursor', message: why }] },
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** From the beginning of the first day up to the end of the last; times stand for themselves. */
function readRange(text: string): LicenseFilter['lastExternalSync'] | null {
  const [from = '', to = from, ...more] = text.split('/').map((part) => part.trim());
  if (more.length > 0 || (from === '' && to === '')) return null;
  const start = from === '' ? null : readInstant(from);
  const end = to === '' ? null : readInstant(to);
  if ((from !== '' && start === null) || (to !== '' && end === null)) return null;
  if (start !== null && end !== null && start > end) return null;
  const isOpenEnded = end === null || end.startsWith(LAST_DAY);
  const before = isOpenEnded ? null : sqlInstant(Date.parse(end) + (to.length === 10 ? DAY_MS : 1));
  return { from: start === null ? null : sqlInstant(start), before };
}

function readInstant(text: string): string | null {
  const read = readValue({ name: 'time', field: 'startsAt', kind: 'instant', max: 40 }, text);
  return 'value' in read && typeof read.value === 'string' ? read.value : null;
}
