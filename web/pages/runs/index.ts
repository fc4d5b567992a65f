/** Runs: the list, starting one, and one as its saga, live. */
import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { GUARD_KINDS } from '../../../domain/guard.ts';
import { ApiProblem } from '../../../http/problem.ts';
import { streamProgress } from '../../../http/progress-stream.ts';
import { timeLimited } from '../../../http/time-limit.ts';
import { acts, findVisitor, sees } from '../../access.ts';
import { readForm, readQuery } from '../../forms.ts';
import { seeOther } from '../../respond.ts';
import type { Site } from '../../site.ts';
import { listPage } from './list.ts';
import { batchesPage, pushesPage } from './lists.ts';
import { liveCard, liveSection } from './live.ts';
import { runPage } from './page.ts';
import { start, startPage } from './start.ts';
import { needText } from './words.ts';

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MAX_CEILING = 4_294_967_295;

const approval = z.object({
  kind: z.enum(GUARD_KINDS),
  ceiling: z
    .string()
    .regex(/^\d{1,10}$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(MAX_CEILING)),
});

export function runPages(site: Site): Hono {
  const { operations } = site;
  return new Hono()
    .get('/runs', sees(site), async (c) => await listPage(site, c))
    .get('/runs/new', sees(site, 'operator'), async (c) => await startPage(site, c))
    .post('/runs', acts(site, 'operator'), async (c) => {
      const started = await start(site, c);
      if (started instanceof Response) return started;
      return await seeOther(c, `/runs/${started.operationId}`, { tone: 'good', text: 'The run has begun.' });
    })
    .get('/runs/:id', sees(site), async (c) => await runPage(site, c, idOf(c)))
    .get('/runs/:id/live', sees(site), async (c) => await live(site, c, idOf(c)))
    .get('/runs/:id/batches', sees(site), async (c) => await batchesPage(site, c, idOf(c)))
    .get('/runs/:id/pushes', sees(site), async (c) => await pushesPage(site, c, idOf(c)))
    .post('/runs/:id/pause', acts(site, 'operator'), async (c) => {
      await operations.pauseOperation(idOf(c));
      return await told(c, 'The run was told to pause: what is under way ends first.');
    })
    .post('/runs/:id/resume', acts(site, 'operator'), async (c) => {
      const { attempt } = await operations.resumeOperation(idOf(c), 'console');
      return await told(
        c,
        attempt === 1 ? 'The run was told to go on.' : `The run goes on: this is attempt ${attempt}.`,
      );
    })
    .post('/runs/:id/cancel', acts(site, 'operator'), async (c) => {
      await operations.cancelOperation(idOf(c));
      return await told(c, 'The run was told to end.');
    })
    .post('/runs/:id/approve', acts(site, 'operator'), async (c) => {
      const { kind, ceiling } = readForm(c, approval);
      const by = c.get('visitor').name;
      const { stillDue } = await operations.approveOperation(idOf(c), { kind, ceiling, by });
      if (stillDue.length === 0) return await told(c, 'Approved: the run goes on.');
      const rest = stillDue.map((need) => needText(need.kind, need.due)).join(', ');
      return await seeOther(c, `/runs/${idOf(c)}`, {
        tone: 'info',
        text: `Approved. The run still waits until it may ${rest}.`,
      });
    });
}

async function told(c: Context, text: string): Promise<Response> {
  return await seeOther(c, `/runs/${idOf(c)}`, { tone: 'good', text });
}

/** @throws {ApiProblem} when the address names no run there could be. */
function idOf(c: Context): string {
  const id = c.req.param('id') ?? '';
  if (!ID.test(id)) throw new ApiProblem('not-found', 'There is no run at this address.');
  return id;
}

/** The moving part of the page as server-sent events, made anew whenever something has changed. */
async function live(site: Site, c: Context, id: string): Promise<Response> {
  const { operations, log, waiting, feed } = site;
  const { part } = readQuery(c, z.object({ part: z.enum(['card', 'page']).optional() }));
  return await streamProgress(c, {
    log,
    waiting,
    instance: c.req.path,
    lastEventId: c.req.header('last-event-id'),
    // Whose session or token has ended sees nothing more.
    async read() {
      const visitor = await findVisitor(site, c);
      if (visitor === null) throw new ApiProblem('unauthenticated', 'The session is over: sign in again.');
      c.set('visitor', visitor);
      return await feed(id);
    },
    async render(progress) {
      const operation = await operations.getOperation(id);
      if (part === 'card') return `${await liveCard(c, { operation, progress })}`;
      const phases = await timeLimited(operations.batches.phases(id));
      return `${await liveSection(c, { operation, progress }, phases)}`;
    },
  });
}
