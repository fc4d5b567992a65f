import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { METRICS, type MetricSpec } from '../../domain/metrics.ts';
import { projectFile } from '../support/processes.ts';

describe('docs/metrics.md', () => {
  it('lists every metric with type, labels and meaning, and no other', () => {
    const text = readFileSync(projectFile('docs/metrics.md'), 'utf8');
    const listed = [...text.matchAll(/^\| `(license_sync_\w+)` *\| (\w+) *\| ([^|]*)\| ([^|]*)\| (.*?) *\|$/gm)].map(
      ([, name, type, labels = '', seed = '', help]) => [name, type, labels.trim(), seed.trim(), help],
    );
    const there = Object.entries(METRICS as Record<string, MetricSpec>).map(([name, { type, labels, seed, help }]) => [
      name,
      type,
      Object.keys(labels ?? {}).join(', '),
      seed ?? '',
      help,
    ]);
    expect(listed).toEqual(there);
  });
});
