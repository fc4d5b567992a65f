/** Invented businesses: what a license record says of the business that holds it. */
import { Draws } from './random.ts';
import {
  ADJECTIVES,
  CHAINS,
  CITY_ENDS,
  CITY_ROOTS,
  ENDS,
  LEGAL_FORMS,
  MIDDLES,
  ONSETS,
  STREET_ROOTS,
  STREET_TYPES,
  TRADES,
} from './vocabulary.ts';

export interface Business {
  dba: string;
  phone: string;
  address: string;
  city: string;
  zip: string;
  /** Local part of the owner's address at a free e-mail provider. */
  owner: string;
}

/** Business number `index` of a seed. */
export function inventBusiness(seed: number, index: number): Business {
  const draws = new Draws(seed ^ 0xb0551e55, index);
  const surname = coin(draws);
  const city = draws.below(CITY_ROOTS.length * CITY_ENDS.length);
  const street = draws.below(STREET_ROOTS.length);
  const block = draws.below(STREET_TYPES.length);
  const exchange = 200 + draws.below(800);
  const line = String(draws.below(10_000)).padStart(4, '0');
  return {
    dba: nameOf(draws, surname),
    phone: `${201 + (city % 780)}-${exchange}-${line}`,
    address: `${1 + draws.below(9899)} ${STREET_ROOTS[street]} ${STREET_TYPES[block]}`,
    city: `${CITY_ROOTS[city % CITY_ROOTS.length]}${CITY_ENDS[Math.floor(city / CITY_ROOTS.length)]}`,
    // By street, so that neighbours share a ZIP as they do in life.
    zip: `${100 + ((city * 7) % 890)}${String((street * 10 + block) % 23).padStart(2, '0')}`,
    owner: `${String.fromCharCode(97 + draws.below(26))}${surname.toLowerCase()}`,
  };
}

/**
 * The same business as somebody else typed it: another spelling of the name, of the phone, of the address, at times without
 * one of them. This is what duplicate detection has to find.
 */
export function respell(business: Business, draws: Draws): Business {
  const { dba, phone, address } = business;
  const middle = 2 + draws.below(Math.max(1, dba.length - 3));
  const spellings: readonly [string, ...string[]] = [
    dba,
    dba.toUpperCase(),
    `${dba}${draws.pick(LEGAL_FORMS)}`,
    `${dba.slice(0, middle)}${dba.slice(middle + 1)}`,
    dba.replace(' & ', ' and ').replace("'s", 's'),
  ];
  const digits = phone.replaceAll('-', '');
  return {
    ...business,
    dba: draws.pick(spellings),
    phone: draws.chance(0.8)
      ? `(${digits.slice(0, 3)}) ${digits.slice(3, 6)}-${digits.slice(6)}`
      : `${digits.slice(0, 6)}0000`,
    address: draws.chance(0.7) ? address : `${address} Ste ${100 + draws.below(300)}`,
  };
}

function coin(draws: Draws): string {
  const start = draws.pick(ONSETS) + draws.pick(MIDDLES);
  return draws.chance(0.5) ? start + draws.pick(ENDS) : start + draws.pick(MIDDLES) + draws.pick(ENDS);
}

function nameOf(draws: Draws, surname: string): string {
  const trade = draws.pick(TRADES);
  const form = draws.below(100);
  if (form < 2) return `${draws.pick(CHAINS)} #${1 + draws.below(400)}`;
  if (form < 30) return `${surname} ${trade}`;
  if (form < 50) return `${surname}'s ${trade}`;
  if (form < 65) return `${draws.pick(ADJECTIVES)} ${surname} ${trade}`;
  if (form < 75) return `${surname} & ${coin(draws)} ${trade}`;
  if (form < 85) return `${surname.toUpperCase()} ${trade.toUpperCase()}`;
  return `${surname} ${trade}${draws.pick(LEGAL_FORMS)}`;
}
