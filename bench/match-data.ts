/** A CSV file for `license-sync match`: `node bench/match-data.ts 100000 FILE.csv`. One business in ten is in it twice, respelt. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { csvLine } from '../domain/csv-line.ts';
import { type Business, inventBusiness, respell } from '../upstream/simulator/business.ts';
import { Draws } from '../upstream/simulator/random.ts';

const SEED = 5;
const EVERY = 11;
const FREE_MAIL_SHARE = 0.4;

const [count = '', file] = process.argv.slice(2);
if (!/^[1-9]\d*$/.test(count) || file === undefined) {
  console.error('usage: node bench/match-data.ts RECORDS FILE.csv');
  process.exit(2);
}

const out = createWriteStream(file);
out.write(csvLine(['id', 'dba', 'email', 'phone', 'address', 'city', 'zip']));
for (let at = 0; at < Number(count); at += 1) {
  const draws = new Draws(SEED ^ 0x3a7c4, at);
  const again = at % EVERY === EVERY - 1;
  const business = inventBusiness(SEED, again ? at - 1 : at);
  const { dba, phone, address, city, zip } = again ? respell(business, draws) : business;
  if (!out.write(csvLine([`r${at}`, dba, emailOf(business, again ? at - 1 : at), phone, address, city, zip]))) {
    await once(out, 'drain');
  }
}
out.end();
await once(out, 'finish');

/** Of the business, not of the record: both records of one have the same. */
function emailOf({ dba, owner }: Business, index: number): string {
  const draws = new Draws(SEED ^ 0x77aa1, index);
  if (draws.chance(FREE_MAIL_SHARE)) return `${owner}${draws.below(100)}@gmail.com`;
  return draws.chance(0.7) ? `info@${dba.toLowerCase().replace(/[^a-z0-9]/g, '')}.com` : '';
}
