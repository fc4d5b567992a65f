/** What a drill comes to. */
import type { Judgement } from './judge.ts';

export interface DrillResult {
  /** A fault's name, `undisturbed`, or `random <seed>`. */
  name: string;
  faults: string[];
  /** What was drawn for each. */
  what: string[];
  twoWay: boolean;
  /** The disturbed run's end; null when the drill itself broke off. */
  status: string | null;
  /** Runs after it until nothing was left of the fault. */
  healing: number;
  judgements: Judgement[];
  /** Why there is nothing to judge. */
  error: string | null;
  ms: number;
}

/** Whether all promises held. */
export function passed({ error, judgements }: DrillResult): boolean {
  return error === null && judgements.every(({ held }) => held);
}
