/** The calls about one license: read, change, delete, create. */
import { type Answer, json, refusal } from './answer.ts';
import type { Slot } from './dataset.ts';
import type { CallWindow, FaultBox } from './fault-box.ts';
import type { Route } from './faults.ts';
import { mix } from './random.ts';
import { keyOf, type RawRecord } from './record.ts';
import type { Stats } from './stats.ts';
import type { Store } from './store.ts';

/** How a license is addressed in the path. */
export interface LicenseAddress {
  by: 'appid' | 'email' | 'countid';
  value: string;
}

export interface LicenseRoutes {
  get(address: LicenseAddress): Answer;
  put(address: LicenseAddress, body: RawRecord): Answer;
  remove(address: LicenseAddress): Answer;
  create(body: RawRecord): Answer;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string' && value.length <= 10_000;
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isStatus: Check = (value) => value === 1 || value === 0;

const WRITABLE: Record<string, { check: Check; expected: string }> = {
  dba: { check: isText, expected: 'a text' },
  zip: { check: isText, expected: 'a text' },
  status: { check: isStatus, expected: '1 or 0' },
  monthlyFee: { check: isNumber, expected: 'a number' },
  smsBalance: { check: isNumber, expected: 'a number' },
  Note: { check: isText, expected: 'a text' },
};
/** Camel case on write, other keys on read: so the API. */
const CREATABLE: Record<string, { check: Check; expected: string; key?: string }> = {
  ...WRITABLE,
  emailLicense: { check: isText, expected: 'a text', key: 'Email_license' },
  pass: { check: isText, expected: 'a text' },
  appid: { check: isText, expected: 'a text' },
  license_type: { check: isText, expected: 'a text' },
  mid: { check: isText, expected: 'a text' },
  ActivateDate: { check: isText, expected: 'a text' },
  Coming_expired: { check: isText, expected: 'a text' },
};

export function createLicenseRoutes(store: Store, faults: FaultBox, stats: Stats): LicenseRoutes {
  const { data } = store;

  /** `act` runs unless a fault answers instead of it. */
  function answering(route: Route, slot: Slot | undefined, act: (window: CallWindow) => Answer): Answer {
    faults.count(route);
    const window: CallWindow = { holds: (what, value) => what === 'countid' && slot?.countid === value };
    let answer: Answer | undefined;
    for (const { kind, strike } of faults.hits(route, 'instead', window)) {
      answer = kind.instead?.(strike, null, { ...NOTHING_AROUND, total: data.total });
    }
    answer ??= act(window);
    for (const { kind, strike } of faults.hits(route, 'rest', window)) kind.answer?.(answer, strike);
    return answer;
  }

  function matches({ by, value }: LicenseAddress): Slot[] {
    if (by === 'countid') {
      const slot = /^\d{1,15}$/.test(value) ? data.find(Number(value)) : null;
      return slot ? [slot] : [];
    }
    return data.findAll(by === 'appid' ? 'appid' : 'Email_license', value);
  }

  return {
    get(address) {
      const [slot] = matches(address);
      return answering('get', slot, () => (slot ? found(slot.row()) : missing()));
    },

    // An appid or e-mail that stands on several records changes the first of them and says nothing of the others: so does the API,
    // and that is why a client must never address a record by a key that is not unique.
    put(address, body) {
      const all = matches(address);
      const [slot] = all;
      return answering('put', slot, (window) => {
        const wrong = objection(body, WRITABLE);
        if (wrong) return refusal(400, wrong);
        if (!slot) return missing();
        const row = slot.row();
        const hits = faults.hits('put', 'change', window);
        const kept = hits.reduce((sent, { kind, strike }) => kind.change?.(sent, strike) ?? sent, body);
        const fields = Object.fromEntries(Object.entries(kept).map(([field, value]) => [keyOf(row, field), value]));
        store.commit({ op: 'set', countid: slot.countid, fields });
        stats.put({ countid: slot.countid, by: address.by, fields: body, matches: all.length });
        return found({ ...row, ...fields });
      });
    },

    remove(address) {
      const [slot] = matches(address);
      return answering('delete', slot, () => {
        if (!slot) return missing();
        const row = slot.row();
        store.commit({ op: 'remove', countids: [slot.countid] });
        return found(row);
      });
    },

    create: (body) =>
      answering('post', undefined, () => {
        const wrong = objection(body, CREATABLE);
        if (wrong) return refusal(400, wrong);
        if (!body.emailLicense || !body.pass) return refusal(400, 'emailLicense and pass are required');
        const countid = data.highest + 1;
        const given = Object.entries(body).map(([field, value]) => [CREATABLE[field]?.key ?? field, value]);
        const record = { ...freshRecord(countid), ...Object.fromEntries(given), countid };
        store.commit({ op: 'add', record });
        return json(201, { success: true, data: record });
      }),
  };
}

const NOTHING_AROUND = {
  removeLowest: () => undefined,
  insertFirst: () => undefined,
  rowAt: () => null,
  pageAnswer: () => refusal(500, 'not a list'),
};

function freshRecord(countid: number): RawRecord {
  const code = mix(countid, 0xf4e5);
  return {
    countid,
    id: `k${code.toString(16)}`,
    appid: `new${code.toString(36)}`,
    license_type: 'demo',
    dba: '',
    zip: '',
    status: 1,
    Note: '',
  };
}

function found(row: RawRecord): Answer {
  return json(200, { success: true, data: row });
}

function missing(): Answer {
  return refusal(404, 'License not found');
}

/** What is wrong with a body; null when nothing is. */
function objection(body: RawRecord, allowed: typeof WRITABLE): string | null {
  const entries = Object.entries(body);
  if (entries.length === 0) return 'no fields given';
  for (const [field, value] of entries) {
    const rule = Object.hasOwn(allowed, field) ? allowed[field] : undefined;
    if (!rule) return `${field} cannot be written; ${Object.keys(allowed).join(', ')} can`;
    if (!rule.check(value)) return `${field} is to be ${rule.expected}`;
  }
  return null;
}
