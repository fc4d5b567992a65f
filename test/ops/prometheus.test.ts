/** What Prometheus and Grafana are given: judged by promtool, and by the metrics that there are. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { recordEvent } from '../../db/events.ts';
import { addCounts } from '../../db/metric-counts.ts';
import { METRICS, renderMetrics } from '../../domain/metrics.ts';
import { createToken } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { projectFile } from '../support/processes.ts';

const PROMTOOL = process.env.TEST_PROMTOOL ?? 'promtool';
/** Figures of prom-client, of Prometheus itself and of Temporal's SDK. */
const OTHERS = /^(process_|nodejs_|up$|temporal_)/;
const OWN_PROCESS = ['license_sync_http_request_duration_seconds'];

let database: TestDatabase;
let api: TestApp;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase();
  env = {
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: process.env.TEMPORAL_ADDRESS ?? '',
    TEMPORAL_NAMESPACE: 'license-sync-test-none',
  };
  api = await startTestApp(env, '');
});

afterAll(async () => {
  await api.close();
  await database.drop();
});

function promtool(args: string[], input?: string): string {
  return execFileSync(PROMTOOL, args, {
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(input ? { input } : {}),
  });
}

function read(path: string): string {
  return readFileSync(projectFile(path), 'utf8');
}

describe('/metrics', () => {
  it('is without fault in the eyes of promtool, before and after something happened', async () => {
    const before = await api.call('GET', '/metrics', null);
    expect(before.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(promtool(['check', 'metrics'], before.text)).toBe('');
    await addCounts(database.db, [
      { name: 'license_sync_records_total', labels: { outcome: 'created' }, by: 3 },
      { name: 'license_sync_step_duration_seconds', labels: { phase: 'fetch' }, observed: 0.3 },
      { name: 'license_sync_step_duration_seconds', labels: { phase: 'fetch' }, observed: 1e9 },
    ]);
    await recordEvent(database.db, { type: 'webhook.test', key: 'once', data: {} });
    await recordEvent(database.db, { type: 'webhook.test', key: 'once', data: {} });
    const other = await startTestApp(env, '');
    const { text } = await other.call('GET', '/metrics', null);
    await other.close();
    expect(promtool(['check', 'metrics'], text)).toBe('');
    expect(text).toContain('license_sync_records_total{outcome="created"} 3\n');
    expect(text).toContain('license_sync_step_duration_seconds_bucket{phase="fetch",le="0.25"} 0\n');
    expect(text).toContain('license_sync_step_duration_seconds_bucket{phase="fetch",le="0.5"} 1\n');
    expect(text).toContain('license_sync_step_duration_seconds_bucket{phase="fetch",le="+Inf"} 2\n');
    expect(text).toContain('license_sync_events_total{type="webhook.test"} 1\n');
  });

  it('has every figure of the original system, M1 to M18 and those of duplicates', () => {
    const named = Object.values(METRICS as Record<string, { seed?: string }>)
      .map(({ seed }) => seed ?? '')
      .join(' ');
    for (let n = 1; n <= 18; n += 1) expect(named).toMatch(new RegExp(`\\bM${n}\\b`));
    for (const name of [
      'detectionRate',
      'falsePositiveRate',
      'consolidationRate',
      'detectionTime',
      'consolidationTime',
      'duplicateAccuracy',
      'consolidationSuccessRate',
      'manualReviewsQueued',
      'autoConsolidations',
      'duplicateAlertsSent',
    ]) {
      expect(named).toContain(name);
    }
  });

  it('has no series that depends on what people or the API send', async () => {
    for (const path of ['/api/v1/licenses/jane.roe@example.com', '/nowhere/555-0101', '/api/v1/alerts/77']) {
      await api.call('GET', path, 'a-token-that-nobody-knows');
    }
    const { text } = await api.call('GET', '/metrics', null);
    const shown = text.split('\n').filter((line) => !line.startsWith('#'));
    expect(shown.filter((line) => /jane|555-0101|nobody|nowhere|\/77"/.test(line))).toEqual([]);
    const series = renderMetrics([])
      .split('\n')
      .filter((line) => !line.startsWith('#')).length;
    expect(series).toBeLessThan(600);
  });

  it('asks for a token where the setting says so, and is not there where it is switched off', async () => {
    const closed = await startTestApp({ ...env, LICENSE_SYNC_MONITORING_METRICS_NEED_TOKEN: 'true' }, '');
    expect((await closed.call('GET', '/metrics', null)).status).toBe(401);
    const viewer = await createToken(database.db, 'viewer');
    expect((await closed.call('GET', '/metrics', viewer)).status).toBe(200);
    await closed.close();
    const off = await startTestApp({ ...env, LICENSE_SYNC_MONITORING_ENABLE_METRICS_COLLECTION: 'false' }, '');
    expect((await off.call('GET', '/metrics', null)).status).toBe(404);
    await off.close();
  });
});

describe('ops/', () => {
  const rules = parse(read('ops/prometheus/alerts.yml')) as {
    groups: { rules: { alert: string; expr: string; annotations: { runbook: string } }[] }[];
  };
  const dashboard = JSON.parse(read('ops/grafana/dashboards/license-sync.json')) as {
    panels: { title: string; targets?: { expr: string }[] }[];
  };
  const known = new Set([...Object.keys(METRICS), ...OWN_PROCESS]);

  function unknownIn(expression: string): string[] {
    const names = expression.replace(/\{[^}]*\}|by \([^)]*\)|\[[^\]]*\]/g, ' ').match(/[a-z]+_[a-z_]+/g) ?? [];
    return names.filter(
      (name) => !OTHERS.test(name) && !/^(histogram_quantile)$/.test(name) && !known.has(family(name)),
    );
  }

  it('has rules and a configuration in which promtool finds nothing', () => {
    expect(promtool(['check', 'rules', projectFile('ops/prometheus/alerts.yml')])).toMatch(/SUCCESS: \d+ rules found/);
    expect(promtool(['check', 'config', projectFile('ops/prometheus/prometheus.yml')])).not.toMatch(/FAILED/);
  });

  it('asks for metrics that there are', () => {
    const expressions = [
      ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
      ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ];
    expect(expressions.length).toBeGreaterThan(40);
    expect(expressions.flatMap(unknownIn)).toEqual([]);
  });

  it('leads from every rule to a runbook that there is', () => {
    for (const { alert, annotations } of rules.groups.flatMap((group) => group.rules)) {
      const [file = '', anchor] = annotations.runbook.split('#');
      const anchors = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
        title
          .toLowerCase()
          .replace(/[^a-z0-9 _-]/g, '')
          .replaceAll(' ', '-'),
      );
      expect(anchors, alert).toContain(anchor);
    }
  });
});

function family(name: string): string {
  return name in METRICS ? name : name.replace(/_(bucket|sum|count)$/, '');
}
