/** Fields of forms: each with a label, and with what is wrong beside it. */
import { type Html, html } from '../html.ts';

interface Field {
  label: string;
  name: string;
  /** What to write. */
  hint?: string | undefined;
  /** What is wrong with what was sent. */
  error?: string | undefined;
  required?: boolean;
}

export interface TextField extends Field {
  value?: string | number | null | undefined;
  type?: 'text' | 'number' | 'date' | 'datetime-local' | 'email' | 'search' | 'password';
  /** Of a number. */
  step?: string;
  min?: number;
  max?: number;
  maxLength?: number;
  autocomplete?: string;
}

export function textField(field: TextField): Html {
  const { name, value, type = 'text', step, min, max, maxLength, autocomplete = 'off' } = field;
  return framed(
    field,
    html`<input id="f-${name}" name="${name}" type="${type}" value="${value ?? ''}" autocomplete="${autocomplete}" ${attribute('step', step)} ${attribute('min', min)} ${attribute('max', max)} ${attribute('maxlength', maxLength)} ${required(field)} ${described(field)}>`,
  );
}

export function areaField(
  field: Field & { value?: string | null | undefined; rows?: number; maxLength?: number },
): Html {
  const { name, value, rows = 3, maxLength } = field;
  return framed(
    field,
    html`<textarea id="f-${name}" name="${name}" rows="${rows}" ${attribute('maxlength', maxLength)} ${required(field)} ${described(field)}>${value ?? ''}</textarea>`,
  );
}

export interface Option {
  value: string;
  label: string;
}

export function selectField(
  field: Field & {
    value?: string | null | undefined;
    options: readonly Option[] /** The choice of none. */;
    none?: string;
  },
): Html {
  const { name, value, options, none } = field;
  const all = none === undefined ? options : [{ value: '', label: none }, ...options];
  return framed(
    field,
    html`<select id="f-${name}" name="${name}" ${required(field)} ${described(field)}>${all.map(
      (one) =>
        html`<option value="${one.value}" ${one.value === (value ?? '') ? html`selected` : ''}>${one.label}</option>`,
    )}</select>`,
  );
}

export function checkField(field: Field & { checked: boolean; value?: string }): Html {
  const { name, label, checked, value = 'on', hint } = field;
  return html`<div class="field check"><input id="f-${name}" name="${name}" type="checkbox" value="${value}" ${checked ? html`checked` : ''} ${described(field)}><label for="f-${name}">${label}</label>${hint === undefined ? '' : html`<p class="hint" id="h-${name}">${hint}</p>`}</div>`;
}

function framed(field: Field, input: Html): Html {
  const { name, label, hint, error } = field;
  return html`<div class="field ${error === undefined ? '' : 'wrong'}"><label for="f-${name}">${label}${field.required ? html` <span class="muted">(needed)</span>` : ''}</label>
${input}
${hint === undefined ? '' : html`<p class="hint" id="h-${name}">${hint}</p>`}
${error === undefined ? '' : html`<p class="fault" id="e-${name}">${error}</p>`}</div>`;
}

function described({ name, hint, error }: Field): Html | string {
  const ids = [hint === undefined ? null : `h-${name}`, error === undefined ? null : `e-${name}`].filter(
    (id) => id !== null,
  );
  if (ids.length === 0) return '';
  return html`aria-describedby="${ids.join(' ')}" ${error === undefined ? '' : html`aria-invalid="true"`}`;
}

function required(field: Field): Html | string {
  return field.required ? html`required` : '';
}

function attribute(name: 'step' | 'min' | 'max' | 'maxlength', value: string | number | undefined): Html | string {
  if (value === undefined) return '';
  switch (name) {
    case 'step':
      return html`step="${value}"`;
    case 'min':
      return html`min="${value}"`;
    case 'max':
      return html`max="${value}"`;
    case 'maxlength':
      return html`maxlength="${value}"`;
  }
}
