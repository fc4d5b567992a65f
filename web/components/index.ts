export { type BadgeTone, badge, runBadge } from './badge.ts';
export { card, change, definitions, pager, progressBar, shownValue } from './blocks.ts';
export { areaField, checkField, type Option, selectField, textField } from './fields.ts';
export { actionForm, filterForm } from './forms.ts';
export { notice, type Tone } from './notice.ts';
export { table } from './table.ts';
export { count, duration, instant, percentOf, plural, when } from './text.ts';
