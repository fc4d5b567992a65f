/** The model of two ways: which edits made inside are sent upstream, what becomes of each, and what undoing a merge takes back. Written from the design. */
import { isDeepStrictEqual } from 'node:util';
import { FIELDS, type Field, keyIn, type Said, type Value } from './fields.ts';
import { isDefaultStatus } from './merging.ts';
import { type Feed, readRecord } from './reading.ts';
import { licenseOf, linksOf, type Model, type ModelLink, type ModelMerge, type PushedValue } from './state.ts';
import { carryVerdicts, sayingOf } from './verdicts.ts';

/** What a run wants to send to one record. */
export interface Push {
  sourceKey: string;
  licenseId: string;
  /** Times its license was written by then. */
  writes: number;
  fields: PushedValue[];
}

export type PushFate = 'pushed' | 'agreed' | 'conflict' | 'unaddressable' | 'gone' | 'rejected';
/** What became of it, by source key. */
export type Fates = Map<string, PushFate>;

/** The keys that the API takes in a PUT, by column. */
const WRITABLE: Readonly<Record<string, string>> = {
  dba: 'dba',
  zip: 'zip',
  status: 'status',
  monthly_fee: 'monthlyFee',
  sms_balance: 'smsBalance',
  note: 'Note',
};
const NUMBERS: readonly string[] = ['status', 'monthly_fee', 'sms_balance'];
/** A record that spells the key otherwise goes on doing so. */
const SPELLINGS = ['smsBalance', 'sms_balance', 'SmsBalance'];

const says = (field: Field, one: Value, other: Value) =>
  one === null || other === null ? one === other : field.same(one, other);

function fieldOf(said: string): Field {
  const field = FIELDS.find((each) => each.said === said);
  if (!field) throw new Error(`the model has no field ${said}`);
  return field;
}

/** What the records of this feed are to be sent, now that what they say is merged. */
export function wanted(model: Model, feed: Feed): Push[] {
  return [...feed].flatMap(([sourceKey, { said }]) => {
    const link = model.links.get(sourceKey);
    if (link?.role !== 'primary' || !isMerged(link, said) || model.mirror.get(sourceKey)?.vanished !== false) return [];
    const fields = edited(model, sourceKey, link, said);
    const { id: licenseId, writes } = licenseOf(model, link.licenseId);
    return fields.length > 0 ? [{ sourceKey, licenseId, writes, fields }] : [];
  });
}

const isMerged = ({ read }: ModelLink, said: Said) => isDeepStrictEqual(read, said);

/** The fields that the API takes, of which the license says something else than was agreed on, and nobody is asked about. */
function edited(model: Model, sourceKey: string, { licenseId, base }: ModelLink, said: Said): PushedValue[] {
  const { held } = licenseOf(model, licenseId);
  return FIELDS.filter((field) => field.said in WRITABLE).flatMap((field) => {
    const internal = field.outward(held);
    const isHeld = model.conflicts.get(`${sourceKey} ${field.name}`)?.resolution === 'kept_internal';
    const isOurs = isDefaultStatus(field, base, held) || says(field, internal, base[field.said] ?? null);
    return internal === null || isHeld || isOurs
      ? []
      : [{ said: field.said, before: said[field.said] ?? null, after: internal }];
  });
}

/** Sends what is to be sent, one record after the other. */
export function pushAll(model: Model, pushes: readonly Push[]): Fates {
  return new Map(pushes.map((push) => [push.sourceKey, pushOne(model, push)]));
}

function pushOne(model: Model, push: Push): PushFate {
  const { sourceKey, licenseId, writes, fields } = push;
  if (model.refused.get(`${sourceKey} ${licenseId}`) === writes) return 'rejected';
  const found = findUpstream(model, sourceKey);
  if (typeof found === 'string') return found;
  const shown = readRecord(model, found).said;
  const now = ({ said }: PushedValue) => shown[said] ?? null;
  const agreed = fields.filter((each) => says(fieldOf(each.said), now(each), each.after));
  const sent = fields.filter((each) => !agreed.includes(each) && says(fieldOf(each.said), now(each), each.before));
  if (sent.length > 0 && model.refusing.has(sourceKey)) {
    model.refused.set(`${sourceKey} ${licenseId}`, writes);
    return 'rejected';
  }
  if (sent.length > 0) {
    put(model, found, sent);
    model.sent.push({ sourceKey, fields: sent });
  }
  settle(model, sourceKey, [...agreed, ...sent]);
  if (agreed.length + sent.length < fields.length) return 'conflict';
  return sent.length > 0 ? 'pushed' : 'agreed';
}

/** The countid of the record, if that is what its address leads to: an appid or else an e-mail address that no other living record carries. */
function findUpstream(model: Model, sourceKey: string): number | 'gone' | 'unaddressable' {
  const said = model.mirror.get(sourceKey)?.said ?? {};
  const living = [...model.mirror.values()].filter(({ vanished }) => !vanished);
  for (const [column, key] of [
    ['appid', 'appid'],
    ['external_email', 'Email_license'],
  ] as const) {
    const wanted = keyIn(said, column);
    if (wanted === null || living.filter((record) => keyIn(record.said, column) === wanted).length !== 1) continue;
    // The API looks for the key as the product compares it, and takes the first record that carries it.
    const [first] = [...model.upstream.values()]
      .filter((raw) => foldRaw(raw[key]) === wanted)
      .map(({ countid }) => Number(countid))
      .sort((a, b) => a - b);
    if (first === undefined) return model.upstream.has(Number(sourceKey.slice(2))) ? 'unaddressable' : 'gone';
    return `c:${first}` === sourceKey ? first : 'unaddressable';
  }
  return 'unaddressable';
}

const foldRaw = (value: unknown) =>
  String(value ?? '')
    .trim()
    .toLowerCase();

/** The record as it is after a PUT. */
function put(model: Model, countid: number, fields: readonly PushedValue[]): void {
  const raw = { ...model.upstream.get(countid) };
  for (const { said, after } of fields) {
    const key = WRITABLE[said] ?? said;
    const spelled = key === 'smsBalance' ? (SPELLINGS.find((each) => each in raw) ?? key) : key;
    raw[spelled] = NUMBERS.includes(said) ? Number(after) : String(after ?? '');
  }
  model.upstream.set(countid, raw);
  model.puts += 1;
}

/** What the record shows in these fields is what both agree on: the echo is no news. What it shows in others is. */
function settle(model: Model, sourceKey: string, fields: readonly PushedValue[]): void {
  const link = model.links.get(sourceKey);
  const record = model.mirror.get(sourceKey);
  if (!link || !record) throw new Error(`the model has no record ${sourceKey}`);
  const shown = readRecord(model, Number(sourceKey.slice(2))).said;
  const settled = Object.fromEntries(fields.map(({ said }) => [said, shown[said] ?? null]));
  link.base = { ...link.base, ...settled };
  link.read = { ...link.read, ...settled };
  record.said = { ...record.said, ...settled };
  // The record speaks for its license from now on.
  if ('dba' in settled || 'zip' in settled) {
    const from = { ref: `l:${link.licenseId}`, saying: sayingOf(model, sourceKey) };
    carryVerdicts(model, from, { ref: sourceKey, values: record.said });
  }
}

/** What a record was told since licenses were made one and still says: first what it said before, then what it was told last. */
function toldSince(model: Model, { sentBefore }: ModelMerge, sourceKey: string): PushedValue[] {
  const told = new Map<string, PushedValue>();
  for (const sent of model.sent.slice(sentBefore)) {
    if (sent.sourceKey !== sourceKey) continue;
    for (const each of sent.fields) told.set(each.said, { ...each, before: (told.get(each.said) ?? each).before });
  }
  const present = model.mirror.get(sourceKey)?.said ?? {};
  return [...told.values()].filter(({ said, after }) => says(fieldOf(said), present[said] ?? null, after));
}

/**
 * A record that goes back to how it was linked keeps what it was told since as agreed on, so that what its own license says is sent again.
 * Whoever told it: nobody is to take our own words for an edit made upstream.
 */
export function overlaid(model: Model, merge: ModelMerge, sourceKey: string, base: Said): Said {
  return { ...base, ...Object.fromEntries(toldSince(model, merge, sourceKey).map(({ said, after }) => [said, after])) };
}

/**
 * After a merge is undone: what its records were told, and no license says, is to be taken back. Of a record that stays only what the master has
 * lost by it: the rest it was told on another account.
 * @param lost columns of the master.
 */
export function takeBackTold(
  model: Model,
  merge: ModelMerge,
  sourceKeys: readonly string[],
  lost: readonly string[],
): void {
  for (const sourceKey of sourceKeys) {
    const link = model.links.get(sourceKey);
    const held = link?.role === 'primary' ? licenseOf(model, link.licenseId).held : null;
    const isBack = merge.moved[sourceKey] !== undefined;
    const fields = toldSince(model, merge, sourceKey).filter(({ said, before, after }) => {
      const field = fieldOf(said);
      const isSpoken = held !== null && field.outward(held) !== null;
      const isConcerned =
        isBack || Object.keys(field.inward(after, held ?? {})).some((column) => lost.includes(column));
      const canBe = before !== null || !NUMBERS.includes(said);
      return !isSpoken && isConcerned && canBe && !says(field, before, after);
    });
    if (fields.length > 0) model.due.push({ sourceKey, fields });
  }
}

/** Takes back what is due, where upstream still says what it was told. What cannot be addressed stays due. */
export function compensate(model: Model): void {
  const { due } = model;
  model.due = [];
  for (const each of due) {
    const { sourceKey, fields } = each;
    const found = findUpstream(model, sourceKey);
    if (found === 'unaddressable') model.due.push(each);
    if (typeof found === 'string') continue;
    const shown = readRecord(model, found).said;
    const back = fields
      .map(({ said, before, after }) => ({ said, before: after, after: before }))
      // Nothing can be emptied that a license says by now: what is empty would never be news to it.
      .filter(
        ({ said, before, after }) => after !== null || !says(fieldOf(said), spokenOf(model, sourceKey, said), before),
      );
    const sent = back.filter(({ said, before }) => says(fieldOf(said), shown[said] ?? null, before));
    if (sent.length > 0) {
      put(model, found, sent);
      model.sent.push({ sourceKey, fields: sent });
    }
    const now = readRecord(model, found).said;
    const taken = back.filter(({ said, after }) => says(fieldOf(said), now[said] ?? null, after));
    agreeOn(model, sourceKey, taken);
    const from = { ref: sourceKey, saying: sayingOf(model, sourceKey) };
    carryVerdicts(model, from, { ref: sourceKey, values: now });
  }
}

/** What the license that a record is linked to says in a field. */
function spokenOf(model: Model, sourceKey: string, said: string): Value {
  const link = model.links.get(sourceKey);
  return link ? fieldOf(said).outward(licenseOf(model, link.licenseId).held) : null;
}

/**
 * Where its license does not hold what was taken back, the value before is agreed on, too. A license that holds it took it from the record: to that
 * one it comes as news.
 */
function agreeOn(model: Model, sourceKey: string, taken: readonly PushedValue[]): void {
  const link = model.links.get(sourceKey);
  if (!link) return;
  for (const { said, before, after } of taken) {
    const spoken = spokenOf(model, sourceKey, said);
    const isAside = spoken === null || says(fieldOf(said), spoken, after);
    if (isAside && says(fieldOf(said), link.base[said] ?? null, before)) link.base = { ...link.base, [said]: after };
  }
}

/** Every record that is linked to one of these. */
export const recordsOf = (model: Model, licenseIds: readonly string[]) =>
  licenseIds.flatMap((id) => linksOf(model, id).map(({ sourceKey }) => sourceKey));
