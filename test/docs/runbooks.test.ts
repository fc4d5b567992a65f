/** There is a runbook for every state of a run and for every kind of alert that the code raises. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CLASSES } from '../../domain/errors.ts';
import { RUN_STATUSES } from '../../workflows/names.ts';
import { projectFile } from '../support/processes.ts';
import { documents } from './extract.ts';

const PARTS = ['You see', 'It means', 'Look', 'Do', 'Over when'];
const runbooks = readFileSync(projectFile('docs/runbooks.md'), 'utf8');

/** Heading → what stands below it. */
const sections = new Map(
  runbooks
    .split(/^### /m)
    .slice(1)
    .map((section): [string, string] => [section.slice(0, section.indexOf('\n')), section]),
);

/** Kinds that stand in a file which raises or settles alerts: as a constant, or where the alert is made. */
function raisedKinds(): Set<string> {
  const kinds = new Set<string>();
  for (const folder of ['activities', 'operations', 'db', 'http', 'api']) {
    for (const name of readdirSync(projectFile(folder))) {
      if (!name.endsWith('.ts')) continue;
      const source = readFileSync(projectFile(`${folder}/${name}`), 'utf8');
      if (!/\b(?:raiseAlert|NewAlert)\b/.test(source)) continue;
      const named = /(?:^(?:export )?const [A-Z_]+ = |\bkind: |^ {2}\w+: )'([a-z]+(?:_[a-z]+)+)'/gm;
      for (const [, kind = ''] of source.matchAll(named)) kinds.add(kind);
    }
  }
  return kinds;
}

describe('a runbook', () => {
  it.each(RUN_STATUSES)('is there for the state %s', (status) => {
    expect([...sections.keys()]).toContain(`\`${status}\``);
  });

  it.each([...raisedKinds()])('is there for the alert %s', (kind) => {
    expect([...sections.keys()]).toContain(`\`${kind}\``);
  });

  it('is there for every class of failures', () => {
    for (const type of ERROR_CLASSES) expect([...sections.keys()]).toContain(`\`${type}\``);
  });

  it('is found for kinds however they are named in the code', () => {
    const known = ['missing_run', 'review_overdue', 'multiple_external_match', 'potential_cross_system_duplicate'];
    expect([...raisedKinds()]).toEqual(expect.arrayContaining(known));
  });

  it.each([...sections])(
    '%s says what is seen, what it means, where to look, what to do, and when it is over',
    (_, text) => {
      expect([...text.matchAll(/^- \*\*([A-Z][a-z ]+)\*\* \S/gm)].map(([, part]) => part)).toEqual(PARTS);
    },
  );
});

describe('a link from one document to another', () => {
  const texts = new Map(documents().map(({ file, text }) => [file, text]));
  const links = [...texts].flatMap(([file, text]) =>
    [...text.matchAll(/\]\(([\w./-]*)#([\w-]+)\)/g)].map(([, path = '', anchor = '']) => ({
      file,
      target: path === '' ? file : normalize(join(dirname(file), path)),
      anchor,
    })),
  );

  it.each(links)('in $file: $target#$anchor', ({ target, anchor }) => {
    const headings = [...(texts.get(target) ?? '').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading));
    expect(headings).toContain(anchor);
  });
});

/** As GitHub makes it. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
