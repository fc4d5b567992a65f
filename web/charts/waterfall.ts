/** A pair's score as a drawing: each kind of evidence begins where the one above ended, and it says where that leads. */
import { type Evidence, levelInWords, type PairScore } from '../../domain/matching/index.ts';
import { shownValue, table } from '../components/index.ts';
import { type Html, html } from '../html.ts';

/** As wide as a phone, so that letters keep their size there. */
const WIDTH = 340;
const MARGIN = 6;
const ROW = 36;
const BAR = 12;
const TEXT_BASE = 14;
const AXIS = 22;
const BAR_TOP = TEXT_BASE + 5;
/** Marks on the axis, in percent of confidence: below and above lie minus and plus seven bits. */
const MARKS = [1, 50, 90, 99.9];
const MOST_LABEL = 40;

const GROUPS: Readonly<Record<Evidence['group'], string>> = {
  prior: 'Start',
  name: 'Name',
  numbers: 'Numbers in names',
  location: 'Place',
  phone: 'Phone',
  email: 'E-mail',
};

const MEANING: Readonly<Record<PairScore['decision'], string>> = {
  auto: 'enough to make them one without asking',
  review: 'a person decides',
  observe: 'too little to ask anybody; kept as an observation',
  none: 'not the same business',
};

interface Step {
  label: string;
  amount: string;
  /** Bits, on the scale. */
  from: number;
  to: number;
  kind: 'for' | 'against' | 'sum' | 'limit';
}

/** The drawing, with the same in a table, and what would change the decision. @param id of the document, for this drawing alone. */
export function waterfallChart(score: PairScore, { id, title }: { id: string; title: string }): Html {
  const steps = stepsOf(score);
  const low = Math.min(0, ...steps.map(({ from, to }) => Math.min(from, to)));
  const high = Math.max(1, ...steps.map(({ from, to }) => Math.max(from, to)));
  const x = (bits: number) => round(MARGIN + ((bits - low) / (high - low)) * (WIDTH - 2 * MARGIN));
  const bottom = steps.length * ROW + 4;
  const marks = MARKS.map((percent) => ({ percent, at: bitsFor(percent) })).filter(({ at }) => at >= low && at <= high);
  return html`<figure class="waterfall">
<svg viewBox="0 0 ${WIDTH} ${bottom + AXIS}" role="img" aria-labelledby="${id}-title ${id}-desc" font-size="12">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${steps.map(({ label, amount }) => `${label}: ${amount}`).join('; ')}. The table below says the same.</desc>
${marks.map(
  ({
    percent,
    at,
  }) => html`<line class="axis" x1="${x(at)}" x2="${x(at)}" y1="0" y2="${bottom}" stroke-dasharray="3 3"/>
<text class="soft" font-size="11" x="${x(at)}" y="${bottom + 14}" text-anchor="${anchorAt(x(at))}">${percent} %</text>`,
)}
${steps.map((step, index) => html`${barOf(step, index * ROW, x)}${index === steps.length - 1 ? '' : html`<line class="axis" x1="${x(step.to)}" x2="${x(step.to)}" y1="${index * ROW + BAR_TOP}" y2="${(index + 1) * ROW + BAR_TOP}"/>`}`)}
</svg>
<figcaption><strong>Confidence ${score.confidence.toFixed(1)} %:</strong> ${MEANING[score.decision]}.${
    score.cap === null
      ? ''
      : html` By the evidence alone it would be ${score.uncapped.toFixed(1)} %, but ${score.cap.why}, and then it is never more than ${score.cap.confidence.toFixed(1)} %.`
  } Bars to the right speak for one business, bars to the left against it; one bit doubles or halves the odds.</figcaption>
</figure>
<details><summary>The same as a table</summary>
${table({
  caption: title,
  columns: [
    { head: 'Evidence' },
    { head: 'Found' },
    { head: 'Bits', numeric: true },
    { head: 'First says' },
    { head: 'Second says' },
  ],
  rows: [
    ...score.evidence.map((each) => [
      html`${GROUPS[each.group]}`,
      html`${levelInWords(each)}${each.note === null ? '' : html` <span class="muted">(${each.note})</span>`}`,
      html`${signed(each.bits)}`,
      each.group === 'prior' ? null : shownValue(each.a),
      each.group === 'prior' ? null : shownValue(each.b),
    ]),
    [html`<strong>Sum</strong>`, html`${score.uncapped.toFixed(2)} %`, html`${signed(score.bits)}`, null, null],
    ...(score.cap === null
      ? []
      : [
          [
            html`<strong>Limit</strong>`,
            html`${score.cap.why}: ${score.cap.confidence.toFixed(2)} %`,
            null,
            null,
            null,
          ],
        ]),
  ],
  empty: 'Nothing was compared.',
})}</details>`;
}

function stepsOf({ evidence, bits, uncapped, cap }: PairScore): Step[] {
  let sum = 0;
  const steps = evidence.map((each): Step => {
    const from = sum;
    sum += each.bits;
    const found = each.group === 'prior' ? 'any two' : levelInWords(each);
    return {
      label: `${GROUPS[each.group]}: ${found}`,
      amount: signed(each.bits),
      from,
      to: sum,
      kind: each.bits < 0 ? 'against' : 'for',
    };
  });
  steps.push({ label: 'All together', amount: `${uncapped.toFixed(1)} %`, from: 0, to: bits, kind: 'sum' });
  if (cap !== null) {
    const label = `Limit: ${cap.rule.replaceAll('_', ' ')}`;
    steps.push({
      label,
      amount: `${cap.confidence.toFixed(1)} %`,
      from: bits,
      to: bitsFor(cap.confidence),
      kind: 'limit',
    });
  }
  return steps;
}

const FILLS: Readonly<Record<Step['kind'], string>> = {
  for: 'fill-good',
  against: 'fill-bad',
  sum: 'fill-info',
  limit: 'fill-warn',
};

function barOf({ label, amount, from, to, kind }: Step, top: number, x: (bits: number) => number): Html {
  const [left, right] = [x(Math.min(from, to)), x(Math.max(from, to))];
  const text = label.length > MOST_LABEL ? `${label.slice(0, MOST_LABEL - 1)}…` : label;
  return html`<text x="${MARGIN}" y="${top + TEXT_BASE}">${text}</text>
<text x="${WIDTH - MARGIN}" y="${top + TEXT_BASE}" text-anchor="end" font-weight="600">${amount}</text>
<rect class="${FILLS[kind]}" x="${left}" y="${top + BAR_TOP}" width="${Math.max(1.5, round(right - left))}" height="${BAR}" rx="1.5"/>`;
}

/** Where a confidence lies on the scale: log2 of its odds. */
function bitsFor(percent: number): number {
  const p = Math.min(Math.max(percent, 0.01), 99.99) / 100;
  return Math.log2(p / (1 - p));
}

function anchorAt(place: number): 'start' | 'middle' | 'end' {
  if (place < 24) return 'start';
  return place > WIDTH - 24 ? 'end' : 'middle';
}

function signed(bits: number): string {
  return `${bits < 0 ? '−' : '+'}${Math.abs(bits).toFixed(1)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
