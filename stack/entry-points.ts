import { resolve } from 'node:path';
import { projectRoot } from './paths.ts';

/** The programs a stack runs. */
export interface EntryPoints {
  simulator: string;
  migrate: string;
  bundle: string;
  worker: string;
  api: string;
  cli: string;
}

/** The product's own. */
export const entryPoints: Readonly<EntryPoints> = {
  simulator: resolve(projectRoot, 'upstream/simulator/main.ts'),
  migrate: resolve(projectRoot, 'db/migrate-main.ts'),
  bundle: resolve(projectRoot, 'temporal/bundle-main.ts'),
  worker: resolve(projectRoot, 'worker.ts'),
  api: resolve(projectRoot, 'server.ts'),
  cli: resolve(projectRoot, 'cli/main.ts'),
};
