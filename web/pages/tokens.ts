/** Tokens: who may use API and console, for administrators. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { ROLES, TOKEN_NAME_RULE } from '../../domain/roles.ts';
import { endsSoon, MAX_LIFE_DAYS } from '../../domain/token-life.ts';
import { PROBLEMS } from '../../http/problem.ts';
import { Refusal } from '../../operations/errors.ts';
import type { TokenView } from '../../operations/tokens.ts';
import { acts, sees } from '../access.ts';
import {
  actionForm,
  badge,
  card,
  checkField,
  filterForm,
  notice,
  pager,
  selectField,
  table,
  textField,
  when,
} from '../components/index.ts';
import { formFaults, readForm, readQuery, ticked } from '../forms.ts';
import { type Html, html } from '../html.ts';
import { seeOther, showPage } from '../respond.ts';
import type { Site } from '../site.ts';

const PATH = '/tokens';
const PAGE_SIZE = 50;
const MAX_NAME_CHARS = 60;
const DAYS_RULE = `expected a number of days, at most ${MAX_LIFE_DAYS}`;
const query = z.object({ revoked: ticked, cursor: z.coerce.number().int().positive().optional() });
const creation = z.object({
  name: z.string(`expected a name`),
  role: z.enum(ROLES, { error: `expected one of ${ROLES.join(', ')}` }),
  expiresInDays: z
    .string()
    .regex(/^\d{1,4}$/, DAYS_RULE)
    .transform(Number)
    .pipe(z.number().max(MAX_LIFE_DAYS, DAYS_RULE))
    .default(0),
});
const MEANINGS = {
  viewer: 'viewer: sees everything, changes nothing',
  reviewer: 'reviewer: also decides cases and conflicts, and edits',
  operator: 'operator: also starts and steers runs and schedules',
  admin: 'admin: also makes and revokes tokens',
} as const;

interface Typed {
  name: string;
  role: string;
  expiresInDays: string;
  faults: Record<string, string>;
}

export function tokenPages(site: Site): Hono {
  const { tokens } = site.operations;

  async function listPage(c: Context, typed: Typed | null, status = 200): Promise<Response> {
    const { revoked, cursor } = status === 200 ? readQuery(c, query) : { revoked: false, cursor: undefined };
    const found = await tokens.list({ limit: PAGE_SIZE, revoked, ...(cursor === undefined ? {} : { after: cursor }) });
    const main = html`
<p>Each program and each person has a token of its own; its name stands beside what was done with it. Only a hash of it is kept.</p>
${creationCard(c, typed, tokens.lifetimeDays)}
${filterForm(PATH, checkField({ label: 'Show revoked ones too', name: 'revoked', checked: revoked }), { active: revoked })}
${list(c, found.tokens)}
${pager({ path: PATH, query: { revoked: revoked ? 'on' : null }, next: found.next, shown: found.tokens.length, first: cursor === undefined, what: 'tokens' })}`;
    return await showPage(c, { title: 'Tokens', area: 'tokens', main, status });
  }

  return new Hono()
    .get(PATH, sees(site, 'admin'), async (c) => await listPage(c, null))
    .post(PATH, acts(site, 'admin'), async (c) => {
      const form = c.get('form');
      const typed = {
        name: form.get('name') ?? '',
        role: form.get('role') ?? '',
        expiresInDays: form.get('expiresInDays') ?? '',
      };
      try {
        const asked = readForm(c, creation);
        const made = await tokens.create({ ...asked, by: c.get('visitor').name });
        return await valuePage(c, made);
      } catch (error) {
        const faults = formFaults(error);
        if (faults) return await listPage(c, { ...typed, faults }, 400);
        if (!(error instanceof Refusal) || !error.code.startsWith('token-name')) throw error;
        return await listPage(c, { ...typed, faults: { name: error.message } }, PROBLEMS[error.code].status);
      }
    })
    .post(`${PATH}/:id{[0-9]{1,9}}/revoke`, acts(site, 'admin'), async (c) => {
      const { name } = await tokens.revoke(Number(c.req.param('id')), c.get('visitor').name);
      return await seeOther(c, PATH, {
        tone: 'good',
        text: `The token “${name}” is revoked: nothing can be done with it any more.`,
      });
    });
}

function creationCard(c: Context, typed: Typed | null, lifetimeDays: number): Html {
  return card({
    title: 'Make a token',
    body: actionForm(c, {
      action: PATH,
      label: 'Make it',
      tone: 'primary',
      fields: html`${textField({
        label: 'Name',
        name: 'name',
        value: typed?.name,
        required: true,
        maxLength: MAX_NAME_CHARS,
        hint: `Who or what will use it: ${TOKEN_NAME_RULE.replace('expected a name of ', '')}.`,
        error: typed?.faults.name,
      })}${selectField({
        label: 'Role',
        name: 'role',
        value: typed?.role ?? 'viewer',
        options: ROLES.map((value) => ({ value, label: MEANINGS[value] })),
        error: typed?.faults.role,
      })}${textField({
        label: 'Days until it expires',
        name: 'expiresInDays',
        type: 'number',
        min: 0,
        max: MAX_LIFE_DAYS,
        value: typed?.expiresInDays ?? (lifetimeDays === 0 ? '' : lifetimeDays),
        hint: 'Empty or 0: it never expires. An alert comes seven days before the end.',
        error: typed?.faults.expiresInDays,
      })}`,
    }),
  });
}

/** The answer to the form itself, so that the value stands in no address, no notice and no cache. */
async function valuePage(c: Context, { token, value }: { token: TokenView; value: string }): Promise<Response> {
  const main = html`
${notice('warn', 'This is the only time that the value is shown. Copy it now to where it is used.')}
${card({
  title: `${token.name} (${token.role})`,
  body: html`<p><code>${value}</code></p><p class="muted">Programs send it as <code>Authorization: Bearer …</code>; people sign in with it.</p><p>${token.expiresAt === null ? 'It never expires.' : html`It expires ${when(token.expiresAt)}.`}</p>`,
})}
<p class="ways"><a class="button" href="${PATH}">Back to the tokens</a></p>`;
  return await showPage(c, { title: 'The token was made', area: 'tokens', main, status: 201 });
}

function list(c: Context, tokens: readonly TokenView[]): Html {
  const own = c.get('visitor').tokenId;
  return table({
    caption: 'Oldest first',
    columns: [
      { head: 'Name', wide: true },
      { head: 'Role' },
      { head: 'Made' },
      { head: 'Last used' },
      { head: 'Expires' },
      { head: 'State' },
      { head: 'Do' },
    ],
    rows: tokens.map((token) => [
      html`${token.name}${token.id === own ? html` <span class="muted">(you)</span>` : ''}`,
      token.role,
      html`${when(token.createdAt)} by ${token.createdBy}`,
      when(token.lastUsedAt),
      token.expiresAt === null ? 'never' : when(token.expiresAt),
      stateOf(token),
      token.revokedAt === null
        ? actionForm(c, {
            action: `${PATH}/${token.id}/revoke`,
            label: 'Revoke',
            tone: 'danger',
            confirm: revokeText(token, own),
          })
        : html`<span class="muted">nothing</span>`,
    ]),
    empty: 'There is no token of this kind.',
  });
}

function stateOf({ expiresAt, revokedAt, revokedBy }: TokenView): Html {
  if (revokedAt !== null) return html`${badge('revoked', 'muted')} ${when(revokedAt)} by ${revokedBy ?? 'somebody'}`;
  const expiresMs = expiresAt === null ? null : Date.parse(expiresAt);
  const nowMs = Date.now();
  if (expiresMs !== null && expiresMs <= nowMs) return badge('expired', 'muted');
  return endsSoon(expiresMs, nowMs) ? badge('ends soon: replace it', 'warn') : badge('live', 'good');
}

function revokeText({ id, name }: TokenView, own: number): string {
  if (id === own) return `You are signed in with “${name}”: revoking it signs you out, for good.`;
  return `Whoever uses “${name}” is refused from now on, and signed out. This cannot be taken back.`;
}
