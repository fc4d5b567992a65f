/** Runs a program to its end, within a time limit, and keeps the end of what it said for the error message. */
import { spawn } from 'node:child_process';
import { signalGroup } from './pids.mjs';

const KEPT_CHARS = 20_000;

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, timeoutMs: number, signal?: AbortSignal}} options
 * @returns {Promise<{code: number | null, stdout: string, output: string, failure: string | null}>} `output` is stdout and
 *   stderr as they came; `failure` is null on exit code 0, else what happened, as half a sentence.
 */
export function runCommand(command, args, { cwd, env = process.env, timeoutMs, signal }) {
  return new Promise((resolve) => {
    let stdout = '';
    let output = '';
    let stopped = null;
    // A group of its own: package clients start helpers, and all of them must go when the time is up.
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const stop = (why) => {
      stopped ??= why;
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    };
    const onAbort = () => stop('was interrupted');
    const timer = setTimeout(() => stop(`did not finish within ${Math.round(timeoutMs / 1000)} s`), timeoutMs);
    const finish = (code, failure) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve({ code, stdout, output, failure });
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout = (stdout + text).slice(-KEPT_CHARS);
      output = (output + text).slice(-KEPT_CHARS);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-KEPT_CHARS);
    });
    child.once('error', (error) => finish(null, `could not be run (${error.message})`));
    child.once('close', (code, killedBy) => {
      const ended = code === null ? `was ended by ${killedBy}` : `ended with exit code ${code}`;
      finish(code, code === 0 ? null : (stopped ?? ended));
    });
  });
}

/** The last lines that say something, indented, for an error message. */
export function lastLines(text, count = 8) {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines
    .slice(-count)
    .map((line) => `    ${line.slice(0, 300)}`)
    .join('\n');
}
