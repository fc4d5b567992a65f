import { OpenAPIHono } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { ApiProblem } from './problem.ts';

const MAX_BODY_BYTES = 16_384;
const ANSWER_WITHIN_MS = 20_000;

/** A router whose validation errors are problems that name every parameter at fault. */
export function createRouter(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook(result) {
      if (result.success) return;
      const errors = result.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((parameter) => ({ parameter, message: 'unknown parameter' }))
          : [{ parameter: issue.path.join('.'), message: issue.message }],
      );
      const detail = errors.map(({ parameter, message }) => `${parameter}: ${message}`).join('; ');
      throw new ApiProblem('invalid-request', detail, { members: { errors } });
    },
  });
}

/** For routes that take everything from the address: options sent in a body would otherwise be ignored without a word. */
export const withoutBody = createMiddleware(async (c, next) => {
  const length = Number(c.req.header('content-length') ?? 0);
  if (length > MAX_BODY_BYTES) throw tooLarge();
  let size = 0;
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of c.req.raw.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  if (!['', '{}'].includes(text.trim())) {
    throw new ApiProblem('invalid-request', 'This address takes no body; give options as query parameters.');
  }
  await next();
});

function tooLarge(): ApiProblem {
  return new ApiProblem('body-too-large', `A body may have at most ${MAX_BODY_BYTES} bytes here.`, {
    headers: { connection: 'close' },
  });
}

/** Ends requests that something frozen behind us would keep waiting. */
export const withinTime = createMiddleware(async (_, next) => {
  await timeLimited(next());
});

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
