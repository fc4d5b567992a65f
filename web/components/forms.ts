/** Forms: buttons that do something, and filters of lists. */
import type { Context } from 'hono';
import { type Html, html } from '../html.ts';

export interface Action {
  /** Where it is sent. */
  action: string;
  label: string;
  /** What goes along unseen. */
  hidden?: Readonly<Record<string, string | number>>;
  fields?: Html;
  tone?: 'primary' | 'danger' | 'plain';
  /** What will happen: then the visitor is asked first. */
  confirm?: string;
}

/** A form with its button, and with the proof that it comes from this page. */
export function actionForm(c: Context, { action, label, hidden = {}, fields, tone = 'plain', confirm }: Action): Html {
  const look = tone === 'plain' ? '' : tone;
  const form = html`<form method="post" action="${action}" class="action">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${confirm === undefined ? '' : html`<p>${confirm}</p>`}
${fields ?? ''}
<button class="${look}">${confirm === undefined ? label : `Yes, ${label.charAt(0).toLowerCase()}${label.slice(1)}`}</button>
</form>`;
  if (confirm === undefined) return form;
  return html`<details class="confirm"><summary class="button ${look}">${label}…</summary>${form}</details>`;
}

/** Filters of a list, kept in the address. @param active whether any is set. */
export function filterForm(path: string, fields: Html, { active }: { active: boolean }): Html {
  return html`<form method="get" action="${path}" class="filters" role="search" aria-label="Filters">
${fields}
<div class="filter-buttons"><button class="primary">Filter</button>${active ? html` <a class="button" href="${path}">Clear</a>` : ''}</div>
</form>`;
}
