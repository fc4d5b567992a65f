/** What leaves the process as a line of the log. */
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import { withLogFields } from '../log-fields.ts';

function logged(detailed = false) {
  const lines: string[] = [];
  const monitoring = { ...loadConfig({}).monitoring, enableDetailedLogging: detailed };
  const log = createLog({ monitoring }, 'test', { write: (line) => lines.push(line) });
  return { log, lines, last: () => JSON.parse(lines.at(-1) ?? 'null') };
}

describe('the log', () => {
  it('writes one JSON line an event, with time, level and message', () => {
    const { log, lines, last } = logged();
    log.info({ operationId: 'x', created: 5, wait: null }, 'run ended');
    expect(lines).toHaveLength(1);
    expect(lines[0]?.endsWith('}\n')).toBe(true);
    expect(last()).toMatchObject({
      level: 'info',
      name: 'test',
      operationId: 'x',
      created: 5,
      wait: null,
      msg: 'run ended',
    });
    expect(Date.parse(last().time)).toBeGreaterThan(0);
  });

  it('masks every text, in messages, fields, lists, errors and names', () => {
    const { log, last } = logged();
    log.warn(
      {
        why: 'refused: owner@example.com',
        list: [{ deep: 'call 555-010-2233' }],
        'owner@example.com': 1,
        err: new Error('no record owner@example.com, pass: hunter2', { cause: new Error('of owner@example.com') }),
      },
      'Bearer abcdefgh1234 of owner@example.com',
    );
    expect(JSON.stringify(last())).not.toMatch(/owner@|555-010|hunter2|abcdefgh/);
    expect(last().msg).toBe('Bearer [removed] of [removed]');
    expect(last().err).toMatchObject({ name: 'Error', message: 'no record [removed] pass: [removed]' });
  });

  it('hides whatever stands under the name of a secret or of a way to reach somebody, and keeps numbers of rows', () => {
    const { log, last } = logged();
    log.info({
      token: 'abc',
      pass: 1234,
      apiKey: 'k',
      phone: 5550147,
      email: '',
      tokenId: 7,
      nested: { password: 'p' },
    });
    expect(last()).toMatchObject({ token: '[removed]', pass: '[removed]', apiKey: '[removed]', phone: '[removed]' });
    expect(last()).toMatchObject({ email: '', tokenId: 7, nested: { password: '[removed]' } });
  });

  it('tells an error by name, code, message and where it comes from; of a driver no word that quotes values', () => {
    const { log, last } = logged();
    const error = Object.assign(new Error("Duplicate entry 'Joe' for key"), { code: 'ER_DUP_ENTRY', sqlMessage: 'x' });
    log.error({ err: error }, 'unexpected error');
    expect(last().err).toMatchObject({ code: 'ER_DUP_ENTRY', message: 'the database refused a statement' });
    expect(last().err.at[0]).toContain('log.test.ts');
    expect(JSON.stringify(last())).not.toContain('Joe');
  });

  it('gives a line the fields of the work that goes on around it, and forgets them afterwards', async () => {
    const { log, last } = logged();
    await withLogFields({ requestId: 'r1' }, async () => {
      await Promise.resolve();
      withLogFields({ operationId: 'o1', attempt: 2 }, () => log.info('inside'));
      expect(last()).toMatchObject({ requestId: 'r1', operationId: 'o1', attempt: 2 });
      log.info({ operationId: 'o2', why: 'this line only' }, 'beside');
      expect(last()).toMatchObject({ requestId: 'r1', operationId: 'o2' });
      expect(last().attempt).toBeUndefined();
      log.info('after');
      expect([last().requestId, last().operationId, last().why]).toEqual(['r1', undefined, undefined]);
    });
    log.info('outside');
    expect(last().requestId).toBeUndefined();
  });

  it('cuts a text that would fill the disk', () => {
    const { log, lines } = logged();
    log.info({ text: 'x '.repeat(50_000) }, 'long');
    expect(lines[0]?.length).toBeLessThan(5000);
  });

  it('says details only when they are asked for', () => {
    for (const detailed of [false, true]) {
      const { log, lines } = logged(detailed);
      log.debug('a step');
      expect(lines).toHaveLength(detailed ? 1 : 0);
    }
  });
});
