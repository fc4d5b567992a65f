/** The phases of a run, one after the other: what is done, what is under way, what is to come. */
import type { PhaseView } from '../../../operations/batches.ts';
import type { OperationView } from '../../../operations/view.ts';
import type { Phase } from '../../../workflows/names.ts';
import { duration, plural } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';
import { isLive, PHASE_NAMES, PHASE_TEXTS, storyOf } from './words.ts';

type StepState = 'done' | 'now' | 'held' | 'stopped' | 'next';

const SIGNS: Readonly<Record<StepState, [string, string]>> = {
  done: ['✓', 'done'],
  now: ['▶', 'under way'],
  held: ['‖', 'held up'],
  stopped: ['✕', 'stopped here'],
  next: ['○', 'to come'],
};

export function stepper({ operation }: { operation: OperationView }, phases: readonly PhaseView[]): Html {
  const story = storyOf(operation);
  return html`<ol class="steps" aria-label="Phases">${story.map((phase) => {
    const state = stateOf(operation, story, phase);
    const [sign, word] = SIGNS[state];
    return html`<li class="step ${state}" ${state === 'now' || state === 'held' ? html`aria-current="step"` : ''}>
<span class="step-name"><span aria-hidden="true">${sign}</span> ${PHASE_NAMES[phase]} <span class="hidden">${word}</span></span>
<span class="step-text">${PHASE_TEXTS[phase]}</span>
${figuresOf(operation, phases, phase, state)}</li>`;
  })}</ol>`;
}

function stateOf(operation: OperationView, story: readonly Phase[], phase: Phase): StepState {
  const { status, wait } = operation;
  const reached = story.indexOf(operation.phase);
  const own = story.indexOf(phase);
  if (status === 'completed' || status === 'completed_with_findings') return 'done';
  if (own < reached) return 'done';
  if (own > reached) return 'next';
  if (!isLive(operation)) return phase === 'report' ? 'done' : 'stopped';
  return status !== 'running' || wait !== null ? 'held' : 'now';
}

function figuresOf(operation: OperationView, phases: readonly PhaseView[], phase: Phase, state: StepState): Html {
  const own = phases.find((one) => one.phase === phase);
  if (!own || state === 'next') return html`<span class="step-text">${restOf(operation, phase, state)}</span>`;
  const { rows, batches, lastAt, attempt } = own;
  const parts = phase === 'fetch' ? plural(batches, 'page') : plural(batches, 'batch', 'batches');
  const took = tookOf(operation, phases, own);
  return html`<span class="step-figures">${phase === 'analyse' ? '' : `${plural(rows, 'record')}, `}${parts}</span>
<span class="step-figures">${took === null ? '' : `${duration(took)}, until `}${clock(lastAt)}${attempt < operation.attempt ? `, attempt ${attempt}` : ''}</span>`;
}

/** The time of day to the second, with the day at hand. */
function clock(iso: string): Html {
  const [day = '', time = ''] = iso.split('T');
  return html`<time datetime="${iso}" title="${day}">${time.slice(0, 8)} UTC</time>`;
}

/** Of phases that have no batches. */
function restOf({ approvals, books }: OperationView, phase: Phase, state: StepState): string {
  if (state === 'next') return '';
  if (phase === 'guard' && state === 'done') return approvals === null ? 'nothing to ask' : 'approved';
  if (phase === 'report' && books) return books.balanced ? 'the counts add up' : 'the counts do not add up';
  return '';
}

/** From the end of the phase before it to its own; null where people were waited for in between, or another attempt lies there. */
function tookOf(operation: OperationView, phases: readonly PhaseView[], own: PhaseView): number | null {
  const { approvals, attempt, startedAt } = operation;
  if (own.attempt !== attempt) return null;
  if (approvals !== null && (own.phase === 'apply' || own.phase === 'push')) return null;
  const ends = phases.filter((one) => one.attempt === attempt && one.lastAt < own.lastAt).map((one) => one.lastAt);
  const from = ends.sort().at(-1) ?? startedAt;
  return Math.max(0, Date.parse(own.lastAt) - Date.parse(from));
}
