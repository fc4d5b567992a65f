/** Which licenses a list shows: the filters as conditions, and the index that finds the matches of a selective one. */
import { type RawBuilder, sql } from 'kysely';
import { appidKey, emailKey } from '../domain/identity.ts';
import type { LicenseStatus } from '../domain/license.ts';
import type { LicensesTable, SqlInstant } from './tables.ts';

/** Given filters must all hold. Texts are compared without regard to case and accents, unless said otherwise. */
export interface LicenseFilter {
  status?: readonly LicenseStatus[] | undefined;
  /** Whether an external record feeds the license, or fed it until it vanished. */
  hasExternalData?: boolean | undefined;
  /** Every word in the business name, or the whole text an identifier. */
  search?: string | undefined;
  /** Exact. */
  key?: string | undefined;
  appid?: string | undefined;
  countid?: number | undefined;
  mid?: string | undefined;
  /** Every word must occur in the name. */
  dba?: string | undefined;
  zip?: string | undefined;
  licenseType?: string | undefined;
  product?: string | undefined;
  plan?: string | undefined;
  term?: string | undefined;
  origin?: LicensesTable['origin'] | undefined;
  externalSyncStatus?: NonNullable<LicensesTable['external_sync_status']> | undefined;
  /** From `from` on, up to but not including `before`. */
  lastExternalSync?: { from: SqlInstant | null; before: SqlInstant | null } | undefined;
  email?: string | undefined;
  /** Also licenses that were consolidated into another one. */
  archived?: boolean | undefined;
  /** For an identifier among the filters: ids of licenses that others which carry it were consolidated into. */
  redirected?: Partial<Record<Redirected, readonly string[]>> | undefined;
  /** Changed at this instant or later. */
  updatedSince?: SqlInstant | undefined;
}

/** Filters that find a license also by what was consolidated into it. */
export type Redirected = 'key' | 'appid' | 'countid' | 'search';

export type Condition = RawBuilder<unknown>;

/** Indexes of the table; named in statements because its statistics may be older than its content. */
export type LicenseIndex = 'PRIMARY' | 'license_key' | 'by_appid' | 'by_email' | 'by_countid' | 'by_created';

const NOT_ARCHIVED: Condition = sql`archived_into IS NULL`;
const EXTERNAL_PREFIX = /^ext-(?=.)/;
const MAX_COUNTID_DIGITS = 16;

/** All of the filter's conditions; at least one. */
export function conditionsOf(filter: LicenseFilter): Condition[] {
  const conditions: Condition[] = filter.archived ? [] : [NOT_ARCHIVED];
  const { status, hasExternalData, lastExternalSync, updatedSince } = filter;
  if (status !== undefined) conditions.push(sql`status IN (${sql.join(status)})`);
  if (hasExternalData !== undefined) {
    conditions.push(hasExternalData ? sql`external_sync_status IS NOT NULL` : sql`external_sync_status IS NULL`);
  }
  const orLedTo = (name: Redirected, condition: Condition): Condition => {
    const ids = filter.redirected?.[name] ?? [];
    return ids.length === 0 ? condition : sql`(${condition} OR id IN (${sql.join([...ids])}))`;
  };
  if (filter.search !== undefined) conditions.push(orLedTo('search', searched(filter.search)));
  if (filter.key !== undefined) conditions.push(orLedTo('key', sql`\`key\` = ${filter.key}`));
  if (filter.appid !== undefined) conditions.push(orLedTo('appid', sql`appid_key = ${appidKey(filter.appid)}`));
  if (filter.countid !== undefined) conditions.push(orLedTo('countid', sql`countid = ${filter.countid}`));
  if (filter.mid !== undefined) conditions.push(sql`mid = ${filter.mid}`);
  if (filter.dba !== undefined) conditions.push(named(filter.dba));
  if (filter.zip !== undefined) conditions.push(sql`zip = ${filter.zip}`);
  if (filter.licenseType !== undefined) conditions.push(sql`license_type = ${filter.licenseType}`);
  if (filter.product !== undefined) conditions.push(sql`product = ${filter.product}`);
  if (filter.plan !== undefined) conditions.push(sql`plan = ${filter.plan}`);
  if (filter.term !== undefined) conditions.push(sql`term = ${filter.term}`);
  if (filter.origin !== undefined) conditions.push(sql`origin = ${filter.origin}`);
  if (filter.externalSyncStatus !== undefined) {
    conditions.push(sql`external_sync_status = ${filter.externalSyncStatus}`);
  }
  if (lastExternalSync?.from) conditions.push(sql`last_external_sync >= ${lastExternalSync.from}`);
  if (lastExternalSync?.before) conditions.push(sql`last_external_sync < ${lastExternalSync.before}`);
  if (filter.email !== undefined) conditions.push(sql`email_key = ${emailKey(filter.email)}`);
  if (updatedSince !== undefined) conditions.push(sql`updated_at >= ${updatedSince}`);
  return conditions.length > 0 ? conditions : [sql`TRUE`];
}

/** How all matches are found where no single index is selective. */
export interface Scan {
  /** `by_created` has all that many conditions ask for, and is a sixth of the table. */
  index: LicenseIndex;
  conditions: Condition[];
  /** Matches that are found beside the scan, each by an index of its own. */
  lookups: { index: LicenseIndex; condition: Condition }[];
}

const COVERED = new Set<string>([
  'archived',
  'search',
  'dba',
  'zip',
  'mid',
  'redirected',
] satisfies (keyof LicenseFilter)[]);

/** The cheapest way to look at all licenses for the matches of a filter. */
export function scanOf(filter: LicenseFilter): Scan {
  const leading = SELECTIVE.find(([name]) => filter[name] !== undefined && leadsOn(filter, name));
  if (leading && leading[0] !== 'email') {
    const [name, index] = leading;
    const { [name]: ledTo = [], ...redirected } = filter.redirected ?? {};
    return { index, conditions: conditionsOf({ ...filter, redirected }), lookups: lookupById(ledTo) };
  }
  const isCovered = Object.entries(filter).every(([name, value]) => value === undefined || COVERED.has(name));
  if (!isCovered) return { index: 'PRIMARY', conditions: conditionsOf(filter), lookups: [] };
  const { search, redirected, ...others } = filter;
  const conditions = conditionsOf(others);
  if (search === undefined) return { index: 'by_created', conditions, lookups: [] };
  return {
    index: 'by_created',
    conditions: [...conditions, inName(search)],
    lookups: [...identified(search), ...lookupById(redirected?.search ?? [])],
  };
}

function lookupById(ids: readonly string[]): Scan['lookups'] {
  return ids.length === 0 ? [] : [{ index: 'PRIMARY', condition: sql`id IN (${sql.join([...ids])})` }];
}

const SELECTIVE = [
  ['key', 'license_key'],
  ['countid', 'by_countid'],
  ['appid', 'by_appid'],
  ['email', 'by_email'],
] as const satisfies readonly (readonly [keyof LicenseFilter, LicenseIndex])[];

/** The index by which a few rows are found at once; null when no single one has all matches. */
export function selectiveIndex(filter: LicenseFilter): LicenseIndex | null {
  const alone = SELECTIVE.find(([name]) => filter[name] !== undefined && !leadsOn(filter, name));
  return alone?.[1] ?? null;
}

function leadsOn({ redirected = {} }: LicenseFilter, name: (typeof SELECTIVE)[number][0]): boolean {
  return name !== 'email' && (redirected[name] ?? []).length > 0;
}

/** Of a filter's identifiers: how an archived license that carries one is found. The e-mail address is none: many may share it. */
export function identifiersOf({
  key,
  appid,
  countid,
  search,
}: LicenseFilter): { name: Redirected; index: LicenseIndex; condition: Condition }[] {
  const found: ReturnType<typeof identifiersOf> = [];
  if (key !== undefined) found.push({ name: 'key', index: 'license_key', condition: sql`\`key\` = ${key}` });
  if (appid !== undefined) {
    found.push({ name: 'appid', index: 'by_appid', condition: sql`appid_key = ${appidKey(appid)}` });
  }
  if (countid !== undefined) {
    found.push({ name: 'countid', index: 'by_countid', condition: sql`countid = ${countid}` });
  }
  if (search === undefined) return found;
  const looked = identified(search).filter(({ index }) => index !== 'by_email');
  return [...found, ...looked.map((lookup) => ({ name: 'search' as const, ...lookup }))];
}

/** Whether the filter leaves out nothing but archived licenses. */
export function isOpen(filter: LicenseFilter): boolean {
  return Object.entries(filter).every(([name, value]) => name === 'archived' || value === undefined);
}

function searched(text: string): Condition {
  const found = [inName(text), ...identified(text).map(({ condition }) => condition)];
  return sql`(${sql.join(found, sql` OR `)})`;
}

/** What can be told from the index that is walked through. Null where a license has no name, mid or zip, so never negate it as it is. */
function inName(text: string): Condition {
  return sql`(${named(text)} OR mid = ${text} OR zip = ${text})`;
}

/** Identifiers with an index. An appid may be written with the prefix that some systems put before it. */
function identified(text: string): Scan['lookups'] {
  const folded = appidKey(text) ?? '';
  const appids = [...new Set([folded, folded.replace(EXTERNAL_PREFIX, '')])];
  const lookups: Scan['lookups'] = [
    { index: 'by_appid', condition: sql`appid_key IN (${sql.join(appids)})` },
    { index: 'license_key', condition: sql`\`key\` = ${text}` },
    { index: 'by_email', condition: sql`email_key = ${emailKey(text)}` },
  ];
  if (/^\d+$/.test(text) && text.length <= MAX_COUNTID_DIGITS) {
    lookups.push({ index: 'by_countid', condition: sql`countid = ${Number(text)}` });
  }
  return lookups;
}

/** The simpler of the two collations that ignore case and accents costs half as much, and every row is looked at. */
function named(text: string): Condition {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const each = words.map((word) => sql`dba COLLATE utf8mb4_general_ci LIKE ${`%${escaped(word)}%`} ESCAPE '!'`);
  return sql`(${sql.join(each, sql` AND `)})`;
}

function escaped(word: string): string {
  return word.replace(/[!%_]/g, '!$&');
}
