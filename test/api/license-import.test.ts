/** Importing a file over HTTP: all of it or nothing, and nothing twice. */
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { EDITABLE_FIELDS } from '../../domain/license-edit.ts';
import type { ImportFault } from '../../domain/license-import.ts';
import { createImport, type ImportRequest, type ImportResult } from '../../operations/import.ts';
import { createMatchUpkeep } from '../../operations/match-upkeep.ts';
import { type Answer, createToken, startTestApi, type TestApi } from '../support/api.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const PATH = '/api/v1/licenses/import';

interface Body {
  data: ImportResult;
  type: string;
  detail: string;
  errors: ImportFault[];
  errorCount: number;
}

let database: TestDatabase;
let api: TestApi;
let operator: string;

beforeAll(async () => {
  database = await createTestDatabase();
  operator = await createToken(database.db, 'operator');
  api = await startTestApi({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:9' }, operator);
});
afterAll(async () => {
  await api.process.stop();
  await database.drop();
});
beforeEach(async () => {
  await database.db.deleteFrom('licenses').execute();
  await database.db.deleteFrom('license_changes').execute();
});

/** As another process beside the API would. */
function importHere(request: Pick<ImportRequest, 'body' | 'signal'>): Promise<ImportResult> {
  const log = pino({ level: 'silent' });
  const upkeep = createMatchUpkeep({ db: database.db, log });
  const importLicenses = createImport({ db: database.db, config: loadConfig({}), log, upkeep });
  return importLicenses({ ...request, update: false, allowDuplicates: false, dryRun: false, by: 'someone else' });
}

function send(csv: string | Buffer, query = '', headers: Record<string, string> = {}): Promise<Answer<Body>> {
  const body = typeof csv === 'string' ? csv : new Uint8Array(csv);
  return api.call<Body>('POST', `${PATH}?${query}`, operator, {
    body,
    headers: { 'content-type': 'text/csv', ...headers },
  });
}

async function done(csv: string | Buffer, query = ''): Promise<ImportResult> {
  const { status, body, text } = await send(csv, query);
  expect(status, text).toBe(200);
  return body.data;
}

async function faultsOf(csv: string | Buffer): Promise<ImportFault[]> {
  const { status, body, text } = await send(csv);
  expect([status, body.type], text).toEqual([422, '/problems/import-refused']);
  expect(await stored()).toEqual([]);
  return body.errors;
}

async function stored() {
  return await database.db.selectFrom('licenses').selectAll().orderBy('key').execute();
}

/** Licenses in the table, those of open transactions among them. */
async function uncommitted(): Promise<number> {
  return await database.db
    .transaction()
    .setIsolationLevel('read uncommitted')
    .execute(async (trx) => (await trx.selectFrom('licenses').select('id').execute()).length);
}

const changes = () => database.db.selectFrom('license_changes').selectAll().orderBy('id').execute();

describe('an import', () => {
  it('writes every field of a file, signed by who sent it', async () => {
    const csv = [
      '\ufeffKEY;DBA;Status;seatstotal;startsAt;expiresAt;lastPayment;smsBalance;notes;AppId;countid;package_data;external_email',
      'K-1;"Smith; ""Sons""";active;5;2026-01-01;2026-12-31;49.99;-0.5;"two',
      'lines";Abc;77;"{""basic"":true}";A@B.co',
      'K-2;Zoë 💅;;;;;;;;;;;',
      '',
    ].join('\r\n');
    expect(await done(csv)).toMatchObject({ rows: 2, created: 2, updated: 0, unchanged: 0, kept: 0, dryRun: false });
    const [first, second] = await stored();
    expect(first).toMatchObject({
      key: 'K-1',
      dba: 'Smith; "Sons"',
      status: 'active',
      seats_total: 5,
      starts_at: '2026-01-01 00:00:00.000',
      expires_at: '2026-12-31 23:59:59.000',
      coming_expired: '2026-12-31',
      last_payment: '49.9900',
      sms_balance: '-0.5000',
      notes: 'two\r\nlines',
      appid_key: 'abc',
      countid: 77,
      package_data: '{"basic":true}',
      email_key: 'a@b.co',
      origin: 'import',
      version: 1,
      external_sync_status: null,
      created_by: 'test operator',
    });
    expect(second).toMatchObject({ key: 'K-2', dba: 'Zoë 💅', status: 'draft', seats_total: null });
    expect(await changes()).toMatchObject([
      { kind: 'created', version: 1, fields: null, operation: null, changed_by: 'test operator' },
      { kind: 'created' },
    ]);
  });

  it('that comes again changes nothing, whatever recognises its rows', async () => {
    const csv = [
      'key,countid,appid,dba,external_email,zip',
      'K-1,,,By key,,',
      ',77,,By countid,,',
      ',,Abc,By appid,,',
      ',,,By name,,11111',
      ',,,By name,,22222',
      ',,,,only@mail.co,',
    ].join('\n');
    expect(await done(csv)).toMatchObject({ created: 6 });
    const before = await stored();
    expect(new Set(before.map(({ key }) => key)).size).toBe(6);
    expect(await done(csv)).toMatchObject({ rows: 6, created: 0, unchanged: 6 });
    expect(await done(csv, 'update=true')).toMatchObject({ unchanged: 6, updated: 0 });
    expect(await stored()).toEqual(before);
    expect(await changes()).toHaveLength(6);
    // The row's identity is its appid, in any letter case: other values are an edit and no new license.
    expect(await done('appid,dba\nABC,Other')).toMatchObject({ created: 0, kept: 1 });
  });

  it('keeps and names licenses that say otherwise, and writes over them only when told', async () => {
    await done('key,dba,zip,notes\nK-1,Old,11111,mine\nK-2,Same,22222,');
    const csv = 'key,dba,zip,notes\nK-1,New,99999,\nK-2,Same,22222,\nK-3,Third,,';
    const kept = await done(csv);
    expect(kept).toMatchObject({ created: 1, unchanged: 1, kept: 1, updated: 0 });
    expect(kept.keptRows).toMatchObject([{ line: 2, key: 'K-1', reason: 'differs', fields: ['dba', 'zip'] }]);
    expect((await stored())[0]).toMatchObject({ dba: 'Old', version: 1 });
    await database.db
      .updateTable('licenses')
      .set({ last_external_sync: '2026-01-01 00:00:00.000' })
      .where('key', '=', 'K-1')
      .execute();
    expect(await done(csv, 'update=true')).toMatchObject({ updated: 1, unchanged: 2, kept: 0 });
    // A blank cell says nothing: the note stays.
    expect((await stored())[0]).toMatchObject({
      dba: 'New',
      zip: '99999',
      notes: 'mine',
      version: 2,
      origin: 'import',
      last_external_sync: '2026-01-01 00:00:00.000',
    });
    const updated = (await changes()).at(-1);
    expect(updated).toMatchObject({ kind: 'updated', version: 2 });
    expect(JSON.parse(updated?.fields ?? '')).toEqual([
      { field: 'dba', before: 'Old', after: 'New', rule: 'imported' },
      { field: 'zip', before: '11111', after: '99999', rule: 'imported' },
    ]);
  });

  it('leaves a license alone that was consolidated into another one', async () => {
    await done('key,dba\nK-1,Old\nK-2,Master');
    const [, master] = await stored();
    await database.db
      .updateTable('licenses')
      .set({ archived_into: master?.id ?? '' })
      .where('key', '=', 'K-1')
      .execute();
    expect(await done('key,dba\nK-1,New', 'update=true')).toMatchObject({
      kept: 1,
      keptRows: [{ reason: 'archived' }],
    });
  });

  it('knows licenses that it did not make by countid, else by appid, whatever their letter case', async () => {
    await done('key,countid,appid,dba\nK-1,77,One,First\nK-2,,Two,Second\nK-3,,Three,Third');
    const csv = 'countid,appid,dba,zip\n77,,First,\n,TWO,Second,22222\n88,three,Third,\n99,,New,';
    const counts = { created: 1, unchanged: 1, kept: 2, updated: 0 };
    const kept = [
      { line: 3, key: 'K-2', reason: 'differs', fields: ['zip', 'appid'] },
      { line: 4, key: 'K-3', reason: 'differs', fields: ['appid', 'countid'] },
    ];
    const dry = await done(csv, 'dryRun=true');
    expect(dry).toMatchObject(counts);
    const first = await done(csv);
    expect(first).toEqual({ ...dry, dryRun: false });
    expect(first.keptRows.map(({ fields, ...row }) => ({ ...row, fields: fields.toSorted() }))).toMatchObject(
      kept.map((row) => ({ ...row, fields: row.fields.toSorted() })),
    );
    expect(await stored()).toHaveLength(4);
    expect(await done(csv, 'update=true')).toMatchObject({ created: 0, updated: 2, unchanged: 2 });
    const after = await stored();
    expect(after.find(({ key }) => key === 'K-3')).toMatchObject({ countid: 88, appid: 'three', version: 2 });
    expect(await done(csv, 'update=true')).toMatchObject({ created: 0, updated: 0, unchanged: 4 });
    expect(await stored()).toEqual(after);
  });

  it('does not take an archived license for the one that is meant', async () => {
    await done('key,countid,dba\nK-1,77,Old\nK-2,77,Master');
    const master = (await stored())[1]?.id ?? '';
    await database.db.updateTable('licenses').set({ archived_into: master }).where('key', '=', 'K-1').execute();
    expect(await done('countid,dba\n77,Master')).toMatchObject({ created: 0, unchanged: 1 });
  });

  it('refuses rows that may be for several licenses, and two rows for one', async () => {
    await done('key,countid,appid\nK-1,77,a\nK-2,77,b\nK-3,5,c\nK-4,6,d\nK-5,6,e');
    const csv = 'key,countid,appid,dba\n,77,,x\n,5,,x\nK-3,,,y\n,9,C,x\n,,d,fine';
    const { status, body } = await send(csv, 'update=true');
    expect(status).toBe(422);
    expect(body.errors).toEqual([
      { line: 2, column: 'countid', message: expect.stringContaining('2 licenses have this countid') },
      { line: 4, column: null, message: 'the row is for the same license as the one in line 3' },
      { line: 5, column: 'countid', message: expect.stringContaining('has this appid and another countid') },
    ]);
    expect((await send(csv, 'dryRun=true')).body.errors).toEqual(body.errors);
    expect((await stored()).map(({ version }) => version)).toEqual([1, 1, 1, 1, 1]);
  });

  it('tells what it would do, and does not', async () => {
    await done('key,dba\nK-1,Old');
    const counts = await done('key,dba\nK-1,New\nK-2,Second', 'dryRun=true&update=true');
    expect(counts).toMatchObject({ dryRun: true, created: 1, updated: 1 });
    expect(await stored()).toHaveLength(1);
    expect((await stored())[0]?.dba).toBe('Old');
  });

  it('is written in several statements and steps, and shows in the list at once', async () => {
    const rows = Array.from({ length: 1203 }, (_, n) => `K-${n},Name ${n}`);
    const list = () => api.call<{ meta: { pagination: { total: number } } }>('GET', '/api/v1/licenses?limit=1');
    expect((await list()).body.meta.pagination.total).toBe(0);
    expect(await done(['key,dba', ...rows].join('\n'))).toMatchObject({ rows: 1203, created: 1203 });
    expect((await list()).body.meta.pagination.total).toBe(1203);
    const again = ['key,dba', ...rows.map((row) => `${row} Inc`)].join('\n');
    expect(await done(again)).toMatchObject({ kept: 1203, keptRows: { length: 100 } });
    expect(await done(again, 'update=1')).toMatchObject({ updated: 1203 });
    expect(await changes()).toHaveLength(2 * 1203);
  });

  it('takes every column that may be written', async () => {
    const names = EDITABLE_FIELDS.map(({ name }) => name);
    expect(await done(`key,${names.join(',')}\nK-1${','.repeat(names.length)}`)).toMatchObject({ created: 1 });
  });

  it('of one file twice at once makes each license once, whichever process was asked', async () => {
    const csv = ['key,dba', ...Array.from({ length: 600 }, (_, n) => `K-${n},Name ${n}`)].join('\n');
    const other = importHere({ body: Buffer.from(csv), signal: new AbortController().signal });
    const [first, second] = await Promise.all([send(csv), other]);
    expect([first.status, first.body.data.created + second.created]).toEqual([200, 600]);
    expect(await stored()).toHaveLength(600);
    expect(await changes()).toHaveLength(600);
  });

  it('whose caller goes away writes nothing', async () => {
    await done('key,dba\nK-2000,There already');
    const gone = new AbortController();
    const csv = ['key,dba', ...Array.from({ length: 3000 }, (_, n) => `K-${n},Name ${n}`)].join('\n');
    const importing = await database.db.transaction().execute(async (trx) => {
      // Holds the import up half way.
      await trx.selectFrom('licenses').select('id').where('key', '=', 'K-2000').forUpdate().execute();
      const begun = importHere({ body: Buffer.from(csv), signal: gone.signal });
      begun.catch(() => undefined);
      await eventually(uncommitted, (count) => count > 1000);
      gone.abort();
      return { begun };
    });
    await expect(importing.begun).rejects.toBe(gone.signal.reason);
    expect(await stored()).toHaveLength(1);
  });
});

describe('a file with faults', () => {
  it('is refused whole, every fault named by line and column', async () => {
    const csv = [
      'key,dba,status,lastPayment,package_data',
      'K-1,Good,active,1,',
      'K-2,"a',
      'b",Active,1,',
      '',
      'K 3,Long,active,1.23456,{',
      'K-1,Twice,active,1,',
      'K-4,Short',
      ',,active,1,',
    ].join('\n');
    expect(await faultsOf(csv)).toEqual([
      { line: 3, column: 'dba', message: 'expected text on one line' },
      { line: 3, column: 'status', message: expect.stringContaining('expected one of draft') },
      { line: 6, column: 'key', message: expect.stringContaining('expected 1 to 64') },
      { line: 6, column: 'lastPayment', message: expect.stringContaining('four decimal places') },
      { line: 6, column: 'package_data', message: 'expected a JSON object' },
      { line: 7, column: null, message: 'the row is for the same license as the one in line 2' },
      { line: 8, column: null, message: 'expected 5 cells, as in the header, got 2' },
      { line: 9, column: null, message: expect.stringContaining('nothing to recognise the license by') },
    ]);
  });

  it('names rows that its own rows would be recognised as, in either order', async () => {
    const csv = 'key,countid,appid\nK-1,5,\n,5,a\n,,b\n,7,B\nK-2,,c\nK-3,,C\n,8,d\n,9,d';
    const same = 'the row is for the same license as the one in line';
    expect(await faultsOf(csv)).toEqual([
      { line: 3, column: null, message: `${same} 2` },
      { line: 5, column: null, message: `${same} 4` },
    ]);
  });

  it('in its header names the columns, in one go', async () => {
    expect(await faultsOf('key,colour,createdAt,DBA,dba,\nK-1,,,,,')).toEqual([
      { line: 1, column: 'colour', message: expect.stringContaining('unknown column; known are key, product') },
      { line: 1, column: 'createdAt', message: expect.stringContaining('cannot be imported') },
      { line: 1, column: 'dba', message: 'this column is there twice' },
      { line: 1, column: null, message: 'column 6 of the header has no name' },
    ]);
  });

  it.each([
    ['', 1, 'the file is empty'],
    ['\n\n', 1, 'the file is empty'],
    ['key,dba\n', 1, 'no rows below the header'],
    ['key,dba\nK-1,x\nK-2,"open\nK-3,x\n', 3, 'not closed'],
    ['key,dba\nK-1,a"b\n', 2, 'a quote stands within a cell'],
    ['key,dba\nK-1,"a" b\n', 2, 'a closing quote'],
    [`key,dba\nK-1,"${'x'.repeat(300_000)}`, 2, 'more than 200000 characters'],
    [Buffer.from([0x6b, 0x65, 0x79, 0x0a, 0x4b, 0xe9, 0x0a]), 2, 'not UTF-8'],
    [Buffer.from('key,dba\nK-1,x', 'utf16le'), 1, ''],
    ['key,dba\nK-1,a\u0000b', 2, 'expected text on one line'],
    ['countid,dba\n9007199254740993,x', 2, 'expected a whole number'],
    ['<html></html>', 1, 'unknown column'],
  ])('as %.30j is refused with its line', async (csv, line, message) => {
    const [first] = await faultsOf(csv);
    expect(first).toMatchObject({ line, message: expect.stringContaining(message) });
  });

  it('names the first hundred of many, and how many there are', async () => {
    const { body } = await send(['key,status', ...Array.from({ length: 250 }, (_, n) => `K-${n},x`)].join('\n'));
    expect([body.errors.length, body.errorCount]).toEqual([100, 250]);
    expect(body.detail).toMatch(/^nothing was imported; the first of 250 faults: line 2, column status: /);
  });

  it('never has its values repeated, neither in the answer nor in the log', async () => {
    const { text } = await send('key,external_email,phone\nK-1,secret-address,"secret\nnumber"');
    expect(text).not.toContain('secret');
    expect(api.process.output()).not.toContain('secret');
  });
});

describe('a request to import', () => {
  it('needs a CSV body of bounded size, and known options', async () => {
    const type = await send('key\nK', '', { 'content-type': 'application/json' });
    expect([type.status, type.body.detail]).toEqual([400, expect.stringContaining('text/csv')]);
    const packed = await send('key\nK', '', { 'content-encoding': 'gzip' });
    expect(packed.status).toBe(400);
    const option = await send('key\nK', 'dryrun=true');
    expect([option.status, option.body.detail]).toEqual([400, 'dryrun: unknown parameter']);
    const large = await send(Buffer.alloc(51 * 1024 * 1024, 0x61)).catch(() => null);
    // The connection may be closed before all of it is sent.
    if (large) expect([large.status, large.body.type]).toEqual([413, '/problems/body-too-large']);
    expect(await done('key,dba\nK-1,after all')).toMatchObject({ created: 1 });
  });

  it('is for operators', async () => {
    const reviewer = await createToken(database.db, 'reviewer');
    const headers = { 'content-type': 'text/csv' };
    expect((await api.call('POST', PATH, reviewer, { body: 'key\nK', headers })).status).toBe(403);
  });

  it('under one Idempotency-Key is answered as the first time', async () => {
    const headers = { 'idempotency-key': 'import-1' };
    const first = await send('key,dba\nK-1,x', '', headers);
    const second = await send('key,dba\nK-1,x', '', headers);
    expect(second.body.data).toEqual(first.body.data);
    expect((await send('key,dba\nK-2,x', '', headers)).body.type).toBe('/problems/idempotency-key-reused');
  });
});
