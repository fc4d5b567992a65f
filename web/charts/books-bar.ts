/** What became of all that was fetched, as parts of one bar. */
import { count } from '../components/index.ts';
import { type Html, html } from '../html.ts';

export interface Part {
  name: string;
  value: number;
  fill: 'good' | 'info' | 'warn' | 'bad' | 'muted';
}

const WIDTH = 1000;
const HEIGHT = 28;
/** So that a single record among thousands is seen. */
const MIN_WIDTH = 4;

/** @param parts in the order of the equation beside it, which says the same in words. */
export function booksBar(parts: readonly Part[]): Html {
  const shown = parts.filter(({ value }) => value > 0);
  const total = shown.reduce((sum, { value }) => sum + value, 0);
  if (total === 0) return html``;
  const wide = WIDTH - MIN_WIDTH * shown.length;
  let x = 0;
  const bars = shown.map(({ name, value, fill }) => {
    const width = MIN_WIDTH + (value / total) * wide;
    const bar = html`<g><title>${name}: ${count(value)}</title><rect x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="${HEIGHT}" class="part fill-${fill}"></rect></g>`;
    x += width;
    return bar;
  });
  return html`<svg class="books-bar" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label="${shown.map(({ name, value }) => `${name} ${count(value)}`).join(', ')}">${bars}</svg>`;
}
