/** The threat model names a test for each threat, and each of them exists. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { projectFile } from './support/processes.ts';

const page = readFileSync(projectFile('docs/security.md'), 'utf8');
const threats = page.split('\n').filter((line) => /^\| (?!-|who, how)/.test(line));
/** One file and the titles that follow it. */
const NAMED = /`(test\/[\w./-]+\.ts)`((?:,? “[^”]+”)+)/g;

function testsOf(line: string): { file: string; title: string }[] {
  const last = line.split(' | ').at(-1) ?? '';
  return [...last.matchAll(NAMED)].flatMap(([, file = '', titles = '']) =>
    [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
  );
}

describe('docs/security.md', () => {
  it('names a test for every threat', () => {
    expect(threats.length).toBeGreaterThan(30);
    expect(threats.filter((line) => testsOf(line).length === 0)).toEqual([]);
    // A title that is not in the form that is looked for would go unnoticed.
    const quoted = threats.join('\n').match(/“/g) ?? [];
    expect(threats.flatMap(testsOf)).toHaveLength(quoted.length);
  });

  it('names only tests that there are', () => {
    const missing = threats.flatMap(testsOf).filter(({ file, title }) => {
      const path = projectFile(file);
      return !existsSync(path) || !titlesIn(readFileSync(path, 'utf8')).has(title);
    });
    expect(missing).toEqual([]);
  });
});

/** What `it` and `it.each` are called in a test file, as it is written there. */
function titlesIn(source: string): Set<string> {
  return new Set(
    [...source.matchAll(/(?:\bit|\))\(\s*(['"`])((?:(?!\1)[^\\\n]|\\.)*)\1\s*,/g)].map(([, , title = '']) => title),
  );
}
