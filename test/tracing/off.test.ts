/** Without a collector nothing of OpenTelemetry is loaded; with one that is away the product works as before, and says so once. */
import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { createLog } from '../../log.ts';
import { startTracing } from '../../tracing/index.ts';
import { projectFile } from '../support/processes.ts';

describe('tracing', () => {
  // Metrics load OpenTelemetry's API, which does nothing by itself.
  it('is off unless a collector is named, and then loads nothing that traces', () => {
    const script = `
      import { registerHooks } from 'node:module';
      const loaded = [];
      registerHooks({ load(url, context, next) { if (/opentelemetry/.test(url) && !/@opentelemetry\\/api\\//.test(url)) loaded.push(url); return next(url, context); } });
      await import(${JSON.stringify(projectFile('app.ts'))});
      await import(${JSON.stringify(projectFile('temporal/worker.ts'))});
      const { startTracing, noTracing } = await import(${JSON.stringify(projectFile('tracing/index.ts'))});
      const { loadConfig } = await import(${JSON.stringify(projectFile('config.ts'))});
      console.log(JSON.stringify({ off: (await startTracing(loadConfig({}), 'api')) === noTracing, loaded }));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
    expect(JSON.parse(output)).toEqual({ off: true, loaded: [] });
  });

  it('does the work, and says once that the collector is away', async () => {
    const lines: string[] = [];
    const config = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
    const tracing = await startTracing(config, 'api', createLog(config, 'api', { write: (line) => lines.push(line) }));
    const done = await tracing.span('work', { kind: 'server' }, async (span) => {
      span.rename('other work');
      return 5;
    });
    await expect(
      tracing.span('work', { kind: 'client' }, async () => {
        throw new Error('as before');
      }),
    ).rejects.toThrow('as before');
    await tracing.close();
    expect(done).toBe(5);
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
      'traces cannot be sent to the collector; they are dropped',
    ]);
  });
});
