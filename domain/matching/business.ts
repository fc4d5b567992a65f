/** What is compared: a business as a record tells it, and the same normalised once. */
import type { Day } from '../external.ts';
import { type Street, streetIn } from './addresses.ts';
import { cityIn, domainOf, emailsIn, isCompanyDomain, phonesIn, zipIn } from './contacts.ts';
import { type NameForm, nameForms } from './names.ts';

export interface Business {
  dba: string | null;
  email: string | null;
  phone: string | null;
  address: string | null;
  city: string | null;
  zip: string | null;
}

/** What matters beside the business itself. `from` and `until` are calendar days. */
export interface Standing {
  active: boolean;
  appid: string | null;
  from: Day | null;
  until: Day | null;
}

/** Normalised once per record; plain data. Lists are empty, and single values null, where the record says nothing usable. */
export interface Prepared {
  /** As given, for the explanation. */
  business: Business;
  standing: Standing | null;
  /** The name it trades under first. */
  names: readonly NameForm[];
  /** Ten digits, or seven. */
  phones: readonly string[];
  emails: readonly string[];
  /** Of its e-mail addresses, without free providers. */
  domains: readonly string[];
  street: Street | null;
  city: string | null;
  zip: string | null;
}

/** Any text is taken; what cannot be read says nothing. `standing` is null for records that are no licenses. */
export function prepare(business: Business, standing: Standing | null): Prepared {
  const emails = emailsIn(business.email);
  return {
    business,
    standing,
    names: nameForms(business.dba, business.city),
    phones: phonesIn(business.phone),
    emails,
    domains: [...new Set(emails.map(domainOf))].filter(isCompanyDomain),
    street: streetIn(business.address, business.city),
    city: cityIn(business.city),
    zip: zipIn(business.zip),
  };
}

const FIELDS = ['dba', 'phone', 'email', 'address', 'city', 'zip'] as const;

/** Whether `a` comes second in the one order that a pair is looked at in: sums and assignments then come out the same both ways. */
export function isSwapped(a: Prepared, b: Prepared): boolean {
  for (const field of FIELDS) {
    const [one, other] = [a.business[field] ?? '', b.business[field] ?? ''];
    if (one !== other) return one > other;
  }
  return false;
}
