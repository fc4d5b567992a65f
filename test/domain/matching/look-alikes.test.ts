/** Many businesses that look alike and are different ones. */
import { describe, expect, it } from 'vitest';
import { type Business, prepare } from '../../../domain/matching/index.ts';
import { findAll } from '../../support/gold.ts';

const STREETS = ['Oak', 'Maple', 'Cedar', 'Pine', 'Elm', 'Lincoln', 'Jackson', 'Madison', 'Park', 'Lake', 'Hill'];
const WORDS = ['Golden', 'Happy', 'Lucky', 'Royal', 'Sunny', 'Diamond', 'Crystal', 'Velvet', 'Pink', 'Lotus', 'Jade'];
const TRADES = ['Plumbing', 'Sushi', 'Tailor', 'Bakery', 'Florist', 'Optical', 'Dentist', 'Travel', 'Books', 'Shoes'];

function numberOf(at: number, digits: number): string {
  return String((at * 7919 + 104_729) % 10 ** digits).padStart(digits, '0');
}

function one(at: number, dba: string, changed: Partial<Business> = {}): Business {
  return {
    dba,
    email: `owner${numberOf(at, 6)}@gmail.com`,
    phone: `212-${numberOf(at, 3)}-${numberOf(at * 3, 4)}`,
    address: `${100 + ((at * 37) % 9000)} ${STREETS[at % STREETS.length]} St`,
    city: 'Springfield',
    zip: `${46_000 + (at % 40)}`,
    ...changed,
  };
}

function counts(businesses: readonly Business[]): { auto: number; review: number } {
  const ids = businesses.map((_, at) => String(at));
  const { confidences } = findAll(
    ids,
    businesses.map((business) => prepare(business, null)),
  );
  const all = [...confidences.values()];
  return {
    auto: all.filter((confidence) => confidence > 90).length,
    review: all.filter((confidence) => confidence >= 70 && confidence <= 90).length,
  };
}

const many = (count: number, make: (at: number) => Business) => Array.from({ length: count }, (_, at) => make(at));

describe('businesses that look alike', () => {
  it('are kept apart when they are numbered: SALON 1, SALON2, …', () => {
    const salons = many(3000, (at) => one(at, at % 2 === 0 ? `SALON ${at}` : `SALON${at}`));
    expect(counts(salons)).toEqual({ auto: 0, review: 0 });
    const numberedMail = many(3000, (at) => one(at, `SALON ${at}`, { email: `info@salon${at}.com` }));
    expect(counts(numberedMail)).toEqual({ auto: 0, review: 0 });
    const freeMail = many(3000, (at) => one(at, `SALON ${at}`, { email: `salon${at}@gmail.com` }));
    expect(counts(freeMail)).toEqual({ auto: 0, review: 0 });
  });

  it('are kept apart when they are numbered and registered by one company', () => {
    const shared = { email: 'licenses@salons.com', phone: '212-555-0199' };
    expect(counts(many(300, (at) => one(at, `SALON #${at}`, shared)))).toEqual({ auto: 0, review: 0 });
  });

  it('are kept apart when a hundred nail bars are in one ZIP code', () => {
    const bars = many(121, (at) =>
      one(at, `${WORDS[at % 11]} ${WORDS[Math.floor(at / 11)]} Nail Bar`, { zip: '46001' }),
    );
    expect(counts(bars)).toEqual({ auto: 0, review: 0 });
  });

  it('are kept apart when they are branches of a chain, with and without its e-mail address', () => {
    const branches = many(200, (at) => one(at, 'LUCKY WOK'));
    const numbered = many(200, (at) => one(at + 500, `QUICK TRIM #${at}`, { email: `store${at}@quicktrim.com` }));
    expect(counts([...branches, ...numbered])).toEqual({ auto: 0, review: 0 });
  });

  it('are kept apart when they are tenants of one tower', () => {
    const tenants = many(100, (at) =>
      one(at, `${WORDS[at % 11]} ${TRADES[Math.floor(at / 11)]}`, { address: `500 Main St Ste ${at}`, zip: '46001' }),
    );
    expect(counts(tenants)).toEqual({ auto: 0, review: 0 });
  });

  it('are kept apart when one owner has two with one phone and e-mail address, at two places or at one', () => {
    const sisters = many(500, (at) => {
      const owner = Math.floor(at / 2);
      const address = owner % 2 === 0 ? {} : { address: `${owner + 10} Owner Ave`, zip: '46001' };
      const shared = { email: `owner${owner}@mail${owner}.com`, phone: `317-555-${numberOf(owner, 4)}` };
      const names = [`${WORDS[owner % 11]}${owner}x Taxi`, `${TRADES[owner % 10]} by Ann`] as const;
      return one(at, names[at % 2 === 0 ? 0 : 1], { ...shared, ...address });
    });
    const { auto, review } = counts(sisters);
    expect(auto).toBe(0);
    // Some names have letters in common by chance: of 250 pairs hardly one is left to a person.
    expect(review).toBeLessThanOrEqual(5);
  });
});
