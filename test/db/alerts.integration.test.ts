import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acknowledgeAlert, listAlerts, openSubjects, raiseAlert, resolveAlert } from '../../db/alerts.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const alert = (subject: string, details?: Record<string, unknown>) => ({
  kind: 'test',
  subject,
  severity: 'warning' as const,
  message: `trouble with ${subject}`,
  ...(details ? { details } : {}),
});

async function only(subject: string) {
  const rows = (await listAlerts(database.db, { limit: 100 })).filter((row) => row.subject === subject);
  expect(rows).toHaveLength(1);
  return rows[0];
}

describe('an alert', () => {
  it('is one, however many processes raise it at once', async () => {
    const raised = await Promise.all(
      Array.from({ length: 8 }, () => raiseAlert(database.db, alert('crowd', { since: 1 }))),
    );
    expect(raised.filter(Boolean)).toHaveLength(1);
    expect(await only('crowd')).toMatchObject({ state: 'open', occurrences: 1 });
  });

  it('counts what happens again, and not the same thing seen again', async () => {
    const { db } = database;
    for (const since of [1, 1, 2]) await raiseAlert(db, { ...alert('again', { since }), message: `since ${since}` });
    expect(await only('again')).toMatchObject({ occurrences: 2, message: 'since 2', details: '{"since":2}' });
    for (let n = 0; n < 3; n += 1) await raiseAlert(db, alert('bare'));
    expect(await only('bare')).toMatchObject({ occurrences: 3, details: null });
  });

  it('stays the same one while it is acknowledged, and is another one after it was resolved', async () => {
    const { db } = database;
    await raiseAlert(db, alert('twice'));
    const first = await only('twice');
    expect(await acknowledgeAlert(db, first?.id ?? 0, 'ann')).toBe(true);
    expect(await acknowledgeAlert(db, first?.id ?? 0, 'bob')).toBe(false);
    await raiseAlert(db, alert('twice'));
    expect(await only('twice')).toMatchObject({ state: 'acknowledged', acknowledged_by: 'ann', occurrences: 2 });
    expect(await openSubjects(db, 'test')).toContain('twice');
    expect(await resolveAlert(db, 'test', 'twice')).toBe(true);
    expect(await resolveAlert(db, 'test', 'twice')).toBe(false);
    await raiseAlert(db, alert('twice'));
    const all = (await listAlerts(db, { limit: 100 })).filter((row) => row.subject === 'twice');
    expect(all.map(({ state }) => state)).toEqual(['open', 'resolved']);
  });

  it('is listed by state, newest first, page by page', async () => {
    const { db } = database;
    const unresolved = await listAlerts(db, { limit: 100, state: 'unresolved' });
    expect(unresolved.map(({ state }) => state)).not.toContain('resolved');
    const [newest, next] = unresolved;
    expect(await listAlerts(db, { limit: 1, state: 'unresolved', before: newest?.id ?? 0 })).toEqual([next]);
    expect((await listAlerts(db, { limit: 100, state: 'resolved' })).map(({ subject }) => subject)).toEqual(['twice']);
  });

  it('with a long message is cut, not lost', async () => {
    await raiseAlert(database.db, { ...alert('long'), message: 'é'.repeat(5000) });
    expect((await only('long'))?.message).toHaveLength(1000);
  });
});
