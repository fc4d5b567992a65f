/**
 * The form of a license's fields. Beside each input it carries what the license said when the form was made, so that only what a person has
 * changed is written, and what others have changed meanwhile can be told apart from it.
 */
import { canonicalJson } from '../../../domain/canonical.ts';
import { LICENSE_STATUSES, type LicenseFields } from '../../../domain/license.ts';
import { crossFaults, EDITABLE_FIELDS, type EditableField, readCell, readValue } from '../../../domain/license-edit.ts';
import type { LicenseView } from '../../../operations/license-view.ts';
import { areaField, selectField, textField } from '../../components/index.ts';
import { type Html, html } from '../../html.ts';
import { FIELD_GROUPS, labelOf, policyText } from './fields.ts';

/** Texts of inputs by the field's name in the API. */
export type Texts = Readonly<Record<string, string>>;

export interface SentForm {
  typed: Texts;
  /** What the license said when the form was made. */
  was: Texts;
  given: Partial<LicenseFields>;
  faults: Record<string, string>;
}

/** A license as the inputs show it. */
export function textsOf(license: LicenseView): Texts {
  return Object.fromEntries(
    EDITABLE_FIELDS.map(({ name }) => [name, textOf(license[name as keyof LicenseView])] as const),
  );
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value, null, 2) : String(value);
}

/** Whether two inputs say the same, each as it would be kept. */
export function sameText(field: EditableField, a: string, b: string): boolean {
  if (normal(a) === normal(b)) return true;
  const [one, other] = [read(field, a), read(field, b)];
  return 'value' in one && 'value' in other && canonicalJson(one.value) === canonicalJson(other.value);
}

/** Browsers send line breaks as CRLF, whatever they were. */
function normal(text: string): string {
  return text.replace(/\r\n?/g, '\n').trim();
}

function read(field: EditableField, text: string) {
  return field.kind === 'status' ? readValue(field, text) : readCell(field, normal(text));
}

/** What a person has changed. A field whose `pick` says so stays as the license has it now. */
export function readLicenseForm(form: URLSearchParams): SentForm {
  const typed: Record<string, string> = {};
  const was: Record<string, string> = {};
  const given: Record<string, unknown> = {};
  const faults: Record<string, string> = {};
  for (const field of EDITABLE_FIELDS) {
    const { name } = field;
    const before = form.get(`was.${name}`) ?? '';
    const sent = form.get(name) ?? before;
    was[name] = normal(before);
    // Who writes into the input means it, also when the choice beside it was not moved.
    const untouched = normal(sent) === normal(form.get(`shown.${name}`) ?? '');
    typed[name] = form.get(`pick.${name}`) === 'now' && untouched ? was[name] : normal(sent);
    if (sameText(field, typed[name], before)) continue;
    const value = read(field, typed[name]);
    if ('fault' in value) faults[name] = value.fault;
    else given[field.field] = value.value;
  }
  for (const { field, message } of crossFaults(given as Partial<LicenseFields>)) faults[field] ??= message;
  return { typed, was, given: given as Partial<LicenseFields>, faults };
}

export interface ShownForm {
  typed: Texts;
  was: Texts;
  faults: Readonly<Record<string, string>>;
  /** Whether a record feeds the license: then it says what a sync does to each field. */
  fed: boolean;
  /** Fields that are shown elsewhere on the page. */
  without?: ReadonlySet<string>;
}

/** All inputs, grouped, with what the license says now unseen beside them. */
export function licenseInputs({ typed, was, faults, fed, without }: ShownForm): Html {
  const byName = new Map(EDITABLE_FIELDS.map((field) => [field.name, field]));
  return html`${EDITABLE_FIELDS.map(({ name }) => html`<input type="hidden" name="was.${name}" value="${was[name] ?? ''}">`)}
${FIELD_GROUPS.map(({ title, names }) => {
  const fields = names.flatMap((name) => byName.get(name) ?? []).filter(({ name }) => !without?.has(name));
  if (fields.length === 0) return '';
  return html`<fieldset class="card"><legend>${title}</legend><div class="search-grid">
${fields.map((field) => licenseInput(field, { value: typed[field.name] ?? '', error: faults[field.name], fed }))}
</div></fieldset>`;
})}`;
}

export function licenseInput(
  field: EditableField,
  { value, error, fed }: { value: string; error: string | undefined; fed: boolean },
): Html {
  const { name, kind, max, signed } = field;
  const label = labelOf(name);
  const hint = hintOf(field, fed);
  if (kind === 'status') {
    return selectField({
      label,
      name,
      value,
      error,
      hint,
      options: LICENSE_STATUSES.map((one) => ({ value: one, label: one })),
    });
  }
  if (kind === 'document' || field.lines) return areaField({ label, name, value, error, hint, rows: 4 });
  const shared = { label, name, value, hint, error };
  switch (kind) {
    case 'whole':
      return textField({ ...shared, type: 'number', min: 0, max, step: '1' });
    case 'amount':
      return textField({ ...shared, type: 'number', step: '0.0001', ...(signed ? {} : { min: 0 }) });
    case 'day':
      return textField({ ...shared, type: 'date' });
    default:
      return textField({ ...shared, ...(kind === 'text' || kind === 'email' ? { maxLength: max } : {}) });
  }
}

function hintOf({ kind, field, name }: EditableField, fed: boolean): string | undefined {
  const about =
    kind === 'instant'
      ? 'A day as 2026-02-14, or a time as 2026-02-14T15:30:00Z.'
      : kind === 'document'
        ? 'A JSON object.'
        : name === 'coming_expired'
          ? 'The day of “Expires”: change one, and the other follows.'
          : null;
  const hint = [about, fed ? policyText(field) : null].filter((text) => text !== null).join(' ');
  return hint === '' ? undefined : hint;
}
