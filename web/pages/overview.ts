/** Is all well, what runs, what comes next, what waits. */
import { type Context, Hono } from 'hono';
import type { Overview } from '../../operations/overview.ts';
import { sees } from '../access.ts';
import { runsChart } from '../charts/runs-chart.ts';
import {
  badge,
  card,
  count,
  definitions,
  duration,
  notice,
  percentOf,
  runBadge,
  table,
  when,
} from '../components/index.ts';
import { type Html, html } from '../html.ts';
import { showPage } from '../respond.ts';
import type { Site } from '../site.ts';
import { LIVE_SCRIPTS, liveRun, REFRESH_SECONDS } from './runs/live.ts';
import { sentenceOf } from './runs/words.ts';

const WORDS = { good: 'All is well', info: 'Not yet', warn: 'Somebody has to act', bad: 'Trouble' } as const;

export function overviewPages({ operations, ...site }: Site): Hono {
  return new Hono().get('/', sees({ operations, ...site }), async (c) => {
    const overview = await operations.getOverview();
    return await showPage(c, {
      title: 'Overview',
      area: 'overview',
      main: overviewOf(c, overview),
      ...(overview.running ? { scripts: LIVE_SCRIPTS, refresh: REFRESH_SECONDS } : {}),
    });
  });
}

function overviewOf(c: Context, overview: Overview): Html {
  const { wellbeing, waiting, alerts } = overview;
  return html`
${notice(wellbeing.tone, html`<p class="wellbeing">${sentenceOf(wellbeing.sentence)}</p>`, WORDS[wellbeing.tone])}
${overview.running ? liveRun(c, overview.running) : ''}
<h2 class="hidden">What waits for people</h2>
<ul class="stats">
<li><a href="/reviews"><strong>${count(waiting.reviews)}</strong> duplicate cases to review</a></li>
<li><a href="/conflicts"><strong>${count(waiting.conflicts)}</strong> conflicts to resolve</a></li>
<li><a href="/quarantine"><strong>${count(waiting.quarantine)}</strong> rows in quarantine</a></li>
<li><a href="/alerts"><strong>${count(waiting.alerts)}</strong> open alerts</a></li>
<li><a href="/licenses"><strong>${count(overview.status.statistics.totalInternalLicenses)}</strong> licenses</a></li>
</ul>
${alerts.length === 0 ? '' : card({ title: 'Alerts', tone: 'warn', body: alertList(overview) })}
<div class="columns">
${lastCard(overview)}
${nextCard(overview)}
${apiCard(overview)}
</div>
${overview.runs.length === 0 ? '' : card({ title: 'Last runs', actions: html`<a href="/runs">All runs</a>`, body: runsChart(overview.runs) })}`;
}

function lastCard({ status: { lastSync } }: Overview): Html {
  if (lastSync.state === null) {
    return card({ title: 'Last run', body: html`<p>No run has ended yet. <a href="/runs">Start one</a>.</p>` });
  }
  return card({
    title: 'Last run',
    actions: runBadge(lastSync.state),
    body: definitions([
      ['Ended', when(lastSync.timestamp)],
      ['Took', lastSync.duration === null ? '–' : duration(lastSync.duration)],
      ['Records read', count(lastSync.totalFetched)],
      ['Created', count(lastSync.created)],
      ['Updated', count(lastSync.updated)],
      ['In quarantine', count(lastSync.failed)],
      ['Run', html`<a href="/runs/${lastSync.operationId}">Open its report</a>`],
    ]),
  });
}

function nextCard({ next }: Overview): Html {
  if (next === undefined)
    return card({ title: 'Next run', body: html`<p>Not known: Temporal cannot be asked now.</p>` });
  if (next === null) {
    return card({
      title: 'Next run',
      body: html`<p>No schedule will start one. <a href="/schedules">Make a schedule</a>, or <a href="/runs">start a run</a> by hand.</p>`,
    });
  }
  return card({
    title: 'Next run',
    body: definitions([
      ['Due', when(next.at)],
      ['By schedule', html`<a href="/schedules/${next.schedule}">${next.schedule}</a>`],
    ]),
  });
}

function apiCard({ status: { health, statistics } }: Overview): Html {
  const { circuitBreaker } = health;
  return card({
    title: 'License API',
    actions: badge(
      health.externalApi,
      health.externalApi === 'healthy' ? 'good' : health.externalApi === 'unknown' ? 'muted' : 'warn',
    ),
    body: definitions([
      ['Circuit', badge(circuitBreaker.replace('_', ' '), circuitBreaker === 'closed' ? 'good' : 'warn')],
      ['Answers in', health.averageResponseTime === null ? '–' : duration(health.averageResponseTime)],
      ['Looked at', when(health.lastHealthCheck)],
      ['Records linked', statistics.matchingRatio === null ? '–' : percentOf(statistics.matchingRatio)],
      ['Records known', count(statistics.totalExternalLicenses)],
      ['Data is from', statistics.lastSyncAge],
    ]),
  });
}

function alertList({ alerts }: Overview): Html {
  return table({
    caption: 'Open alerts, newest first',
    columns: [{ head: 'Since' }, { head: 'Severity' }, { head: 'What', wide: true }],
    rows: alerts.map(({ firstSeenAt, severity, message }) => [
      when(firstSeenAt),
      badge(severity, severity === 'critical' ? 'bad' : 'warn'),
      html`${message}`,
    ]),
    empty: 'No alert is open.',
  });
}
