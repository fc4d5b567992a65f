import { type Html, html, type MaybeHtml } from '../html.ts';

export interface Column {
  head: string;
  /** Numbers stand to the right. */
  numeric?: boolean;
  /** Takes what room the others leave. */
  wide?: boolean;
}

export interface Table {
  /** What the rows are; read out, and shown small. */
  caption: string;
  columns: readonly Column[];
  rows: readonly (readonly MaybeHtml[])[];
  /** Shown instead when there are no rows: why, and what would bring some. */
  empty: Html | string;
}

/** A table; on a narrow screen each row becomes a card with the heads beside its values. */
export function table({ caption, columns, rows, empty }: Table): Html {
  if (rows.length === 0) return html`<div class="empty">${empty}</div>`;
  return html`<table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.head}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) =>
      html`<tr>${row.map((cell, index) => html`<td class="${classOf(columns[index])}" data-head="${columns[index]?.head ?? ''}"><div>${cell}</div></td>`)}</tr>
`,
  )}</tbody>
</table>`;
}

function classOf(column: Column | undefined): string {
  return [column?.numeric ? 'numeric' : '', column?.wide ? 'wide' : ''].filter((name) => name !== '').join(' ');
}
