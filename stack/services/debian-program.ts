/** Programs that tests need beside the services: found, or installed where that needs nobody's leave. */
import { StackError } from '../errors.ts';
import { findProgram, isExecutable } from '../which.ts';
import { installPackages } from './apt.ts';
import type { ServiceContext } from './context.ts';

export interface DebianProgram {
  /** As people call it. */
  what: string;
  /** Names it may have on the PATH, the best first. */
  names: readonly string[];
  /** Of Debian. */
  package: string;
  /** A variable that names another one. */
  variable: string;
}

/** @returns its path. @throws {StackError} that says what to do. */
export async function ensureDebianProgram(context: ServiceContext, program: DebianProgram): Promise<string> {
  const { what, names, variable } = program;
  const given = context.env[variable];
  if (given) {
    if (isExecutable(given)) return given;
    throw new StackError(`${variable} names ${given}, which cannot be run`);
  }
  const find = () => names.map((name) => findProgram(name, context.env)).find((path) => path !== null) ?? null;
  const found = find();
  if (found !== null) return found;
  await installPackages(context, [program.package], `${what}: none found`);
  const installed = find();
  if (installed !== null) return installed;
  throw new StackError(`the tests need ${what}: install it, or set ${variable} to one`);
}
