/** What helps those who decide by keyboard: undoing the last verdict, and which keys there are. */
import type { Context } from 'hono';
import { type Html, html, type MaybeHtml } from '../../html.ts';
import { withQuery } from '../../paths.ts';
import { filterQuery, type ReviewFilter } from './filter.ts';

const KEYS = {
  queue: [
    ['j', 'next case of the list'],
    ['k', 'the one before'],
    ['o', 'open it (Enter too)'],
    ['x', 'tick it, or not'],
    ['u', 'undo the last verdict'],
  ],
  case: [
    ['a', 'approve, as the form stands'],
    ['r', 'reject'],
    ['f', 'flag for later'],
    ['u', 'undo the last verdict'],
    ['n', 'next case (j too)'],
    ['p', 'previous case (k too)'],
  ],
} as const;

/** A way back from the verdict before, on whatever page follows it. */
export function undoBar(
  c: Context,
  last: { id: number; version: number | null } | undefined,
  filter: ReviewFilter,
): MaybeHtml {
  if (last === undefined) return '';
  return html`<form method="post" action="${withQuery(`/reviews/${last.id}`, filterQuery(filter))}" class="undo-bar">
<input type="hidden" name="csrf" value="${c.get('visitor').csrf}">
${last.version === null ? '' : html`<input type="hidden" name="version" value="${last.version}">`}
<button name="do" value="undo" data-key="u">Undo the verdict on case ${last.id}</button>
</form>`;
}

/** The dialog that `?` opens; without scripts there are no keys, and nothing is shown. */
export function keyHelp(where: keyof typeof KEYS): Html {
  return html`<div class="keys" data-keys-help hidden>
<button type="button" data-key="?">Keys</button>
<dialog aria-labelledby="keys-title">
<h2 id="keys-title">Keys</h2>
<dl class="keylist">${KEYS[where].map(([key, what]) => html`<div><dt><kbd>${key}</kbd></dt><dd>${what}</dd></div>`)}<div><dt><kbd>?</kbd></dt><dd>this list</dd></div></dl>
<p class="muted">They do nothing while you type in a field.</p>
<p><label class="choice"><input type="checkbox" data-keys-switch checked>Single keys do this</label></p>
<form method="dialog"><button>Close</button></form>
</dialog></div>`;
}
