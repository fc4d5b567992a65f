/** Names of fields for people, how they are grouped, and what a sync does to them, in words. */
import type { LicenseField } from '../../../domain/license.ts';
import { EDITABLE_FIELDS } from '../../../domain/license-edit.ts';
import type { FieldPolicy, MappedField } from '../../../domain/mapping.ts';
import { policyOf } from '../../../domain/sync-policy.ts';
import type { LicenseView } from '../../../operations/license-view.ts';
import { type BadgeTone, badge, plural, shownValue } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';

/** By the API's names. */
const LABELS: Readonly<Record<string, string>> = {
  key: 'Key',
  product: 'Product',
  plan: 'Plan',
  status: 'Status',
  term: 'Term',
  seatsTotal: 'Seats',
  seatsUsed: 'Seats used',
  startsAt: 'Starts',
  expiresAt: 'Expires',
  dba: 'Business name',
  zip: 'Zip',
  lastPayment: 'Last payment',
  smsPurchased: 'SMS bought',
  smsSent: 'SMS sent',
  smsBalance: 'SMS balance',
  agents: 'Agents',
  agentsName: 'Names of agents',
  agentsCost: 'Cost of agents',
  notes: 'Notes',
  appid: 'App id',
  countid: 'Count id',
  mid: 'Merchant id',
  license_type: 'License type',
  package_data: 'Package',
  sendbat_workspace: 'Sendbat workspace',
  coming_expired: 'Day of expiry',
  external_email: 'E-mail',
  phone: 'Phone',
  address: 'Address',
  city: 'City',
  last_active: 'Last active',
  external_sync_status: 'State of the record',
};

const MAPPED_LABELS: Readonly<Record<MappedField, string>> = {
  dba: 'Business name',
  zip: 'Zip',
  status: 'Status (1 is on)',
  activateDate: 'Starts',
  comingExpired: 'Day of expiry',
  monthlyFee: 'Monthly fee',
  smsBalance: 'SMS balance',
  appid: 'App id',
  email: 'E-mail',
  countid: 'Count id',
  mid: 'Merchant id',
  licenseType: 'License type',
  package: 'Package',
  sendbatWorkspace: 'Sendbat workspace',
  phone: 'Phone',
  address: 'Address',
  city: 'City',
  note: 'Note',
  lastActive: 'Last active',
};

/** @param name the API's name. */
export function labelOf(name: string): string {
  return LABELS[name] ?? name;
}

export function mappedLabel(field: MappedField): string {
  return MAPPED_LABELS[field];
}

/** All fields of a license that say something about the business or what it has bought, by the API's names. */
export const FIELD_GROUPS: readonly { title: string; names: readonly (keyof LicenseView)[] }[] = [
  { title: 'Business', names: ['dba', 'external_email', 'phone', 'address', 'city', 'zip', 'notes'] },
  {
    title: 'License',
    names: [
      'status',
      'product',
      'plan',
      'license_type',
      'term',
      'startsAt',
      'expiresAt',
      'coming_expired',
      'seatsTotal',
      'seatsUsed',
      'package_data',
    ],
  },
  {
    title: 'Payments and messages',
    names: [
      'lastPayment',
      'smsPurchased',
      'smsSent',
      'smsBalance',
      'agents',
      'agentsName',
      'agentsCost',
      'last_active',
    ],
  },
  { title: 'Known as', names: ['appid', 'countid', 'mid', 'sendbat_workspace'] },
];

const POLICIES: Readonly<Record<FieldPolicy, string | null>> = {
  external_wins: 'The record has the say.',
  // What holds unless said otherwise stands once on the page.
  fill_empty: null,
  fill_only: null,
  observed: 'Comes from the record alone.',
};

/** What is to be known of syncs beside this field of a license that a record feeds; null when what is written there stays. */
export function policyText(field: LicenseField): string | null {
  const policy = policyOf(field);
  return policy === null ? null : POLICIES[policy];
}

/** Labels of the editable fields in which a change of the record replaces what a person wrote. */
export function overwritable(): string[] {
  return EDITABLE_FIELDS.filter(({ field }) => policyOf(field) === 'external_wins').map(({ name }) => labelOf(name));
}

const TONES: Readonly<Record<LicenseView['status'], BadgeTone>> = {
  active: 'good',
  expiring: 'warn',
  expired: 'bad',
  pending: 'info',
  draft: 'muted',
  cancel: 'muted',
};

export function statusBadge(status: LicenseView['status']): Html {
  return badge(status, TONES[status]);
}

/** How the license stands towards its record. */
export function syncBadge(status: LicenseView['external_sync_status']): Html {
  if (status === null) return html`<span class="muted">no record</span>`;
  return badge(status, status === 'synced' ? 'good' : 'warn');
}

export function licensePath(id: string): string {
  return `/licenses/${encodeURIComponent(id)}`;
}

/** A link to a license by the name of its business, or its key where it has none. */
export function licenseLink(license: { id: string; key: string | null; dba: string | null }): Html {
  return html`<a href="${licensePath(license.id)}">${license.dba ?? license.key ?? license.id}</a>`;
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}):\d{2}(\.\d+)?Z$/;

/** A value on one line: times to the minute, of documents only how much there is. */
export function briefValue(value: unknown): Html {
  const [, day, time] = (typeof value === 'string' ? INSTANT.exec(value) : null) ?? [];
  if (day !== undefined) return html`${day} ${time} UTC`;
  if (typeof value !== 'object' || value === null) return shownValue(value);
  return html`${plural(Object.keys(value).length, 'entry', 'entries')}`;
}

/** A value in full: documents are laid out. */
export function fullValue(value: unknown): Html {
  if (typeof value === 'object' && value !== null) return html`<pre>${JSON.stringify(value, null, 2)}</pre>`;
  return typeof value === 'string' && value.includes('\n')
    ? html`<span class="lines">${value}</span>`
    : briefValue(value);
}
