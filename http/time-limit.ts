/** How long a caller waits for something frozen behind us. */
import { ApiProblem } from './problem.ts';

const ANSWER_WITHIN_MS = 20_000;

/** @throws {ApiProblem} when the work takes longer than a caller should wait. */
export async function timeLimited<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const seconds = ANSWER_WITHIN_MS / 1000;
      reject(new ApiProblem('timed-out', `There is no answer after ${seconds} s; the database or Temporal hangs.`));
    }, ANSWER_WITHIN_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
