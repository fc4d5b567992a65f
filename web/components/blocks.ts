/** Parts that pages are made of. */
import { type Html, html, type MaybeHtml } from '../html.ts';
import { withQuery } from '../paths.ts';
import type { Tone } from './notice.ts';
import { count } from './text.ts';

export interface Card {
  title: string;
  body: Html;
  /** For links to it. */
  id?: string;
  tone?: Tone;
  /** Beside the title. */
  actions?: MaybeHtml;
}

export function card({ title, body, id, tone, actions }: Card): Html {
  return html`<section class="card ${tone ?? ''}" ${id === undefined ? '' : html`id="${id}"`}>
<div class="card-head"><h2>${title}</h2>${actions ?? ''}</div>
${body}
</section>`;
}

/** Names and what stands for them. */
export function definitions(pairs: readonly (readonly [string, MaybeHtml])[]): Html {
  return html`<dl>${pairs.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

export interface Pager {
  path: string;
  /** The filters that hold, without the cursor. */
  query: Readonly<Record<string, string | number | boolean | null | undefined>>;
  /** The cursor of the next page; null at the end. */
  next: string | number | null;
  shown: number;
  /** Whether this is the first page. */
  first: boolean;
  /** What is listed: `runs`. */
  what: string;
}

/** Lists go forward from what was shown last, so there is a way on and a way to the beginning. */
export function pager({ path, query, next, shown, first, what }: Pager): Html {
  if (next === null && first) return html`<p class="muted">${count(shown)} ${what}, all of them.</p>`;
  return html`<nav class="pager" aria-label="Pages">
<span class="muted">${count(shown)} ${what} on this page</span>
${first ? '' : html`<a class="button" href="${withQuery(path, query)}">First page</a>`}
${next === null ? html`<span class="muted">This is the last page.</span>` : html`<a class="button" rel="next" href="${withQuery(path, { ...query, cursor: next })}">Next page</a>`}
</nav>`;
}

/** How much is done. `max` null: nobody knows of how much. */
export function progressBar({ value, max, label }: { value: number; max: number | null; label: string }): Html {
  if (max === null) return html`<progress aria-label="${label}"></progress>`;
  return html`<progress aria-label="${label}" value="${value}" max="${Math.max(max, 1)}"></progress>`;
}

/** A value of a record; what is missing is said to be. */
export function shownValue(value: unknown): Html {
  if (value === null || value === undefined || value === '') return html`<span class="muted">empty</span>`;
  return html`${typeof value === 'object' ? JSON.stringify(value) : String(value)}`;
}

/** What it was and what it becomes, told apart by words as well as by look. */
export function change(before: unknown, after: unknown): Html {
  return html`<span class="change"><del><span class="hidden">was </span>${shownValue(before)}</del> <span aria-hidden="true">→</span> <ins><span class="hidden">becomes </span>${shownValue(after)}</ins></span>`;
}
