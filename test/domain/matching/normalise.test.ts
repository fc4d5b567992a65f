import { describe, expect, it } from 'vitest';
import { streetIn } from '../../../domain/matching/addresses.ts';
import { cityIn, emailsIn, phonesIn, zipIn } from '../../../domain/matching/contacts.ts';
import { nameForms } from '../../../domain/matching/names.ts';

const keyOf = (dba: string, city: string | null = null) => nameForms(dba, city).map(({ key }) => key);

describe('names', () => {
  it.each([
    ['J & J NAILS', 'J.J. Nails L.L.C.'],
    ['N. V. Tailors', 'NV Tailors Inc'],
    ["Joe's Pizza", 'JOES PIZZA, CORP.'],
    ['The Café of Ñandú', 'CAFE NANDU'],
    ['INTL FOOD SVCS MKT', 'International Food Service Market'],
    ['SMITH, JOHN A', 'John A Smith'],
    ['Salon12', 'SALON #012'],
    ['Salon No. 2', 'SALON II'],
    ['Fifth Cleaners', '5TH CLEANERS'],
    ['A & B Auto', 'AB AUTO'],
  ])('%s is %s', (one, other) => {
    expect(keyOf(one)).toEqual(keyOf(other));
  });

  it('are two when a business trades under another one', () => {
    expect(keyOf('ABC Foods LLC D/B/A Joe’s Pizza')).toEqual(['joes pizza', 'abc foods'].map(sortWords));
    expect(keyOf('AKA Sushi')).toEqual(['aka sushi']);
  });

  it('lose the city they are in, unless little else is left', () => {
    expect(keyOf('Spago (Los Angeles)', 'Los Angeles')).toEqual(['spago']);
    expect(keyOf('Lespinasse (New York City)', 'New York')).toEqual(['lespinasse']);
    expect(keyOf('Cafe Langley', 'Langley')).toEqual(['cafe langley']);
    expect(keyOf('Spago Boston', 'Chicago')).toEqual(['boston spago']);
  });

  it('are none when nothing can be read', () => {
    for (const dba of ['', ' ', '...', '💈', 'N/A', 'unknown']) expect(nameForms(dba, null)).toEqual([]);
    expect(keyOf('The Company Inc')).toEqual(['company inc the']);
    expect(keyOf('株式会社 山田')).toEqual([sortWords('株式会社 山田')]);
  });
});

function sortWords(words: string): string {
  return words.split(' ').sort().join(' ');
}

describe('addresses', () => {
  const brief = (address: string, city: string | null = null) => {
    const street = streetIn(address, city);
    return street && `${street.number ?? '-'} ${street.core}`;
  };

  it.each([
    ['435 S. La Cienega Blv.', '435 la cienega'],
    ['102 Fifth Ave., New York, NY 10011', '102 5'],
    ['55 W 42ND ST STE 2', '55 42'],
    ['55 St Marks Pl', '55 st marks'],
    ['55 Saint Marks Place #3', '55 st marks'],
    ['101-20353 64 Ave', '20353 64'],
    ['#200 - 20353 64th Avenue', '20353 64'],
    ['Suite 5, 100 Main St', '100 main'],
    ['3rd Floor, 20 Wall St', '20 wall'],
    ['45-12 Broadway', '4512 broadway'],
    ['100-104 N State St', '100 state'],
    ['123A Main Street', '123 main'],
    ['1000-A 4th Ave S', '1000 4'],
    ['22 Avenue D', '22 ave d'],
    ['1600 W North Ave', '1600 north'],
    ['5000 US-31 North', '5000 hwy 31'],
    ['51 State Road 23', '51 hwy 23'],
    ['1 Park Place Dr', '1 park pl'],
    ['One Wall Street', '1 wall'],
    ['239 Broadway New York', '239 broadway'],
    ['804 North Point', '804 point'],
    ['Main Street', '- main'],
  ])('%s is %s', (address, expected) => {
    expect(brief(address, 'New York')).toBe(expected);
  });

  it('are none when they name no street', () => {
    for (const address of ['', 'P.O. Box 12', 'PO BOX 7', 'N/A', 'Various locations', '12', '✂️']) {
      expect(streetIn(address, null)).toBeNull();
    }
  });
});

describe('phones, e-mail addresses, ZIP codes and cities', () => {
  it('are read in any spelling', () => {
    expect(phonesIn('+1 (212) 555-1234 x12')).toEqual(['2125551234']);
    expect(phonesIn('310/246-1501')).toEqual(['3102461501']);
    expect(phonesIn('212-555-1234 / 646.555.9999 ext. 3')).toEqual(['2125551234', '6465559999']);
    expect(phonesIn('555-1234')).toEqual(['5551234']);
    expect(emailsIn('Sue <Sue+tax@Shop.com>; b@c.org')).toEqual(['sue@shop.com', 'b@c.org']);
    expect(emailsIn('j.o.e@gmail.com')).toEqual(['joe@gmail.com']);
    expect(['2134', '02134-1234', 'V3A 4E6', 'v3a4e6'].map(zipIn)).toEqual(['02134', '02134', 'v3a', 'v3a']);
    expect(['W. Hollywood', 'New York City', 'St. Paul'].map(cityIn)).toEqual([
      'west hollywood',
      'new york',
      'saint paul',
    ]);
  });

  it('are none when they only fill a form', () => {
    for (const phone of ['000-000-0000', '1234567890', '911', 'none', '(999) 999-9999']) {
      expect(phonesIn(phone)).toEqual([]);
    }
    for (const email of ['none@none.com', 'N/A', 'a@b', '@', 'noemail@shop.com']) expect(emailsIn(email)).toEqual([]);
    expect(['00000', 'N/A', '', '-'].map(zipIn)).toEqual([null, null, null, null]);
    expect(cityIn('✂️')).toBeNull();
  });
});
