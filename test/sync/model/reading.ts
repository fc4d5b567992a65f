/** What the model reads of upstream. */
import type { RawRecord } from '../../support/simulator.ts';
import { expectedRow } from '../raw-reading.ts';
import type { Held, Said } from './fields.ts';
import type { Model } from './state.ts';

/** What a record says, and what a license made of it holds. */
export interface Reading {
  said: Said;
  made: Held;
}

/** What was read, by source key in the order of countids. */
export type Feed = Map<string, Reading>;

/** Reads upstream; `inForce`: only what it has as in force. */
export function readFeed(model: Model, { inForce }: { inForce: boolean }): Feed {
  const records = [...model.upstream.values()].sort((a, b) => Number(a.countid) - Number(b.countid));
  const read = records.map((raw): [string, Reading] => [`c:${raw.countid}`, reading(raw)]);
  return new Map(read.filter(([, { said }]) => !inForce || said.status === 1));
}

/** @throws when there is no such record: the model contradicts itself. */
export function readRecord(model: Model, countid: number): Reading {
  const raw = model.upstream.get(countid);
  if (!raw) throw new Error(`the model has no record ${countid} upstream`);
  return reading(raw);
}

function reading(raw: RawRecord): Reading {
  const { external, license } = expectedRow(raw);
  const { vanished_at: _, source_key: __, appid_key: ___, email_key: ____, ...said } = external;
  return { said: said as Said, made: { ...UNSAID, ...heldOf(license) } };
}

/** What a license made of a record has beside what the record says. */
const UNSAID: Held = {
  term: 'monthly',
  seats_total: 1,
  seats_used: 0,
  sms_purchased: 0,
  sms_sent: 0,
  agents: 0,
  agents_name: null,
  agents_cost: null,
};

/** The columns of a license that the model compares. */
export function heldOf(license: Readonly<Record<string, unknown>>): Held {
  const { version: _, appid_key: __, email_key: ___, archived_into: ____, ...held } = license;
  return held as Held;
}

const BALANCES = ['smsBalance', 'smsBalance', 'sms_balance', 'SmsBalance'] as const;

/** As the API sends it: each record has a spelling of its own for the balance, and stays with it. */
export function spelled<R extends RawRecord>(record: R): R {
  const { smsBalance, ...rest } = record;
  return smsBalance === undefined
    ? record
    : ({ ...rest, [BALANCES[Number(record.countid) % BALANCES.length] ?? 'smsBalance']: smsBalance } as unknown as R);
}
