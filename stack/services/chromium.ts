/** The browser that tests look at the console with. */
import { StackError } from '../errors.ts';
import { findProgram, isExecutable } from '../which.ts';
import { installPackages } from './apt.ts';
import type { ServiceContext } from './context.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** @returns the path of Chromium, installed where there was none. @throws {StackError} that says what to do. */
export async function ensureChromium(context: ServiceContext): Promise<string> {
  const given = context.env.TEST_CHROMIUM;
  if (given) {
    if (isExecutable(given)) return given;
    throw new StackError(`TEST_CHROMIUM names ${given}, which cannot be run`);
  }
  const found = findChromium(context.env);
  if (found !== null) return found;
  await installPackages(context, ['chromium'], 'Chromium: none found');
  const installed = findChromium(context.env);
  if (installed !== null) return installed;
  throw new StackError(
    'the tests of the console need Chromium: install it, or set TEST_CHROMIUM to a Chrome or Chromium',
  );
}

function findChromium(env: NodeJS.ProcessEnv): string | null {
  return NAMES.map((name) => findProgram(name, env)).find((path) => path !== null) ?? null;
}
