/** A pair's score as people read it on a terminal: what speaks for it and what against, and where that leads. */
import { type Evidence, levelInWords, type PairScore } from '../domain/matching/index.ts';
import { clean } from './text.ts';

const GROUP = 10;
const LEVEL = 24;
const BITS = 6;
const LEAST_WIDTH = 60;

/**
 * The lines of the drawing, none longer than `width` columns (at least 60): for each group its bar, which begins where the one above
 * ended, and the two values; then the sum, the cap, and what would change the decision.
 */
export function waterfall(score: PairScore, width: number): string[] {
  const columns = Math.max(LEAST_WIDTH, width);
  const draw = scaleOf(score, columns - GROUP - LEVEL - BITS - 3);
  const lines: string[] = [];
  let sum = 0;
  for (const evidence of score.evidence) {
    const { group, bits } = evidence;
    const name = levelInWords(evidence);
    lines.push(
      `${group.padEnd(GROUP)}${shorten(name, LEVEL).padEnd(LEVEL)}${signed(bits).padStart(BITS)}  ${draw(sum, sum + bits)}`.trimEnd(),
    );
    lines.push(...valuesOf(evidence, columns));
    sum += bits;
  }
  lines.push(`${'sum'.padEnd(GROUP + LEVEL)}${signed(score.bits).padStart(BITS)}  ${draw(0, score.bits)}`.trimEnd());
  lines.push('');
  lines.push(...wrap(`Confidence ${score.confidence}: ${MEANING[score.decision]}`, columns));
  if (score.cap) lines.push(...wrap(`Without its cap it would be ${score.uncapped}: ${score.cap.why}`, columns));
  for (const { what } of score.wouldChange) lines.push(...wrap(`- ${what}`, columns, '  '));
  return lines.map(clean);
}

const MEANING: Record<PairScore['decision'], string> = {
  auto: 'the same business, done by itself',
  review: 'a person decides',
  observe: 'kept as an observation',
  none: 'not the same business',
};

/** Bars on one scale that holds every place the running sum comes to. */
function scaleOf({ evidence, bits }: PairScore, room: number): (from: number, to: number) => string {
  let [low, high, sum] = [Math.min(0, bits), Math.max(0, bits), 0];
  for (const each of evidence) {
    sum += each.bits;
    low = Math.min(low, sum);
    high = Math.max(high, sum);
  }
  const perBit = room / Math.max(1, high - low);
  return (from, to) => {
    const begin = Math.round((Math.min(from, to) - low) * perBit);
    const length = Math.max(from === to ? 0 : 1, Math.round((Math.max(from, to) - low) * perBit) - begin);
    return (' '.repeat(begin) + (to < from ? '-' : '+').repeat(length)).slice(0, room);
  };
}

function valuesOf({ a, b, note }: Evidence, columns: number): string[] {
  const indent = ' '.repeat(GROUP);
  const values =
    a === null && b === null ? [] : [a, b].map((value) => indent + shorten(value ?? '(none)', columns - GROUP));
  return note === null ? values : [...values, ...wrap(`(${note})`, columns - GROUP).map((line) => indent + line)];
}

function signed(bits: number): string {
  return `${bits < 0 ? '' : '+'}${bits.toFixed(1)}`;
}

function shorten(text: string, most: number): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > most ? `${flat.slice(0, most - 1)}…` : flat;
}

function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((each) => each.slice(0, columns));
}
