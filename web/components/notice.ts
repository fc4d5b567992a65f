import { type Html, html } from '../html.ts';

export type Tone = 'good' | 'info' | 'warn' | 'bad';

const WORDS: Readonly<Record<Tone, string>> = { good: 'Done', info: 'Note', warn: 'Attention', bad: 'Problem' };

/**
 * A box that says what happened; its tone stands in words too. Troubles are read out at once.
 * @param word for the tone.
 */
export function notice(tone: Tone, body: Html | string, word = WORDS[tone]): Html {
  return html`<div class="notice ${tone}" role="${tone === 'bad' || tone === 'warn' ? 'alert' : 'status'}"><strong>${word}</strong><div>${body}</div></div>`;
}
