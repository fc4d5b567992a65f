/** What a fault is to the drill. */
import type { Draws } from '../upstream/simulator/random.ts';
import type { RunStatus } from '../workflows/names.ts';
import type { Ground } from './ground.ts';
import type { Scene } from './scene.ts';
import type { Disturbed } from './watch.ts';

/** The feed a fault strikes, for drawing where. */
export interface FeedShape {
  records: number;
  /** Pages of 100. */
  pages: number;
}

/** A fault with everything drawn. */
export interface Blow {
  /** What was drawn, in a few words, such as `page 12, 2 times`; empty when nothing was. */
  what: string;
  /** Settings of the product's processes. */
  env?: Readonly<Record<string, string>>;
  /** Of the simulator's process. */
  simulatorEnv?: Readonly<Record<string, string>>;
  /** Before the scene's database is made. */
  prepare?(ground: Ground): Promise<void>;
  /** Before the run is asked for. */
  arrange?(scene: Scene): Promise<void>;
  /** Beside the run. */
  disturb?(scene: Scene, run: Disturbed): Promise<void>;
  /** Takes away what is left of the fault, other than faults of the simulator. */
  settle?(scene: Scene): Promise<void>;
  /** After the scene, however that ended: the ground as it was. */
  restore?(ground: Ground): Promise<void>;
  /** The same change of the feed, made before the undisturbed run reads anything. */
  feed?: { key: string; change(scene: Scene): Promise<void> };
}

export interface Fault {
  /** kebab-case */
  name: string;
  about: string;
  group: 'upstream' | 'feed' | 'process' | 'database' | 'runs' | 'push';
  /** Whether the run also sends what was edited inside. */
  twoWay?: boolean;
  /** How the disturbed run may end, or where it may come to rest; the successes when not given. */
  ends?: readonly RunStatus[];
  /** What must have been said of the run while it was disturbed, or at its end. */
  says?: RegExp;
  /** Whether another run is needed even after a success: what the disturbed one may leave to it by design. */
  leavesToNext?: boolean;
  /** Whether random schedules may combine it with others. */
  combines: boolean;
  /** The API's own process is part of it. */
  api?: boolean;
  draw(draws: Draws, feed: FeedShape): Blow;
}

export const SUCCESSES: readonly RunStatus[] = ['completed', 'completed_with_findings'];
