import { OpenAPIHono, type z } from '@hono/zod-openapi';
import { createMiddleware } from 'hono/factory';
import { ApiProblem } from '../http/problem.ts';
import { timeLimited } from '../http/time-limit.ts';

/** Faults that one answer names. */
const MAX_NAMED = 20;
const MEMBER_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,99}$/;
/** What is at fault when no single part of it is, where it is not the body. */
const WHOLE: Readonly<Record<string, string>> = { query: 'the query', param: 'the path', header: 'the headers' };

/** A router whose validation errors are problems that name every parameter, and every member of a body, at fault. */
export function createRouter(): OpenAPIHono {
  return new OpenAPIHono({
    defaultHook(result) {
      if (result.success) return;
      const kind = result.target === 'json' ? 'member' : 'parameter';
      const faults = faultsOf(result.error.issues, kind, WHOLE[result.target] ?? 'the body');
      const named = faults.slice(0, MAX_NAMED);
      const more = faults.length > named.length ? `; and ${faults.length - named.length} more` : '';
      throw new ApiProblem(
        'invalid-request',
        `${named.map(({ place, message }) => `${place}: ${message}`).join('; ')}${more}`,
        { members: { errors: named.map(({ place, message }) => ({ [kind]: place, message })) } },
      );
    },
  });
}

function faultsOf(
  issues: readonly z.core.$ZodIssue[],
  kind: 'parameter' | 'member',
  whole: string,
): { place: string; message: string }[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ place: pathText([...issue.path, key]), message: `unknown ${kind}` }));
    }
    return [{ place: pathText(issue.path) || whole, message: issue.message }];
  });
}

/** `rows[3].status`; names come from the caller: what is no name of a member is not repeated, for it may be anything. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const name = String(step);
      return `${index === 0 ? '' : '.'}${MEMBER_NAME.test(name) ? name : '(a name that no member has)'}`;
    })
    .join('');
}

/** Ends requests that something frozen behind us would keep waiting. */
export const withinTime = createMiddleware(async (_, next) => {
  await timeLimited(next());
});
