/**
 * The cron expressions that schedules take: five fields, no more. What others add (seconds, years, `@every`, `CRON_TZ=`, `L`, `#`) is
 * refused, because no two systems read it alike. Temporal has the last word; this says it in better words, and finds what it would take
 * without ever coming due.
 */

interface Field {
  name: string;
  min: number;
  max: number;
  names: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59, names: [] },
  { name: 'hour', min: 0, max: 23, names: [] },
  { name: 'day of month', min: 1, max: 31, names: [] },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  // Sunday is 0 and 7.
  { name: 'day of week', min: 0, max: 7, names: DAYS },
];
const DAY_OF_MONTH = 2;
const MONTH = 3;
const DAY_OF_WEEK = 4;
const MAX_CHARS = 200;

class CronFault extends Error {}

/** Why a schedule cannot have this expression, naming the field; null when it can. */
export function cronProblem(expression: string): string | null {
  const fields = expression.trim().split(/ +/);
  if (expression.length > MAX_CHARS) return `expected at most ${MAX_CHARS} characters`;
  if (fields.length !== FIELDS.length) {
    return 'expected five fields: minute, hour, day of month, month, day of week, such as 0 3 * * *';
  }
  try {
    const values = FIELDS.map((field, index) => valuesOf(fields[index] ?? '', field));
    if (fields[DAY_OF_MONTH] !== '*' && fields[DAY_OF_WEEK] !== '*') {
      return 'day of month and day of week cannot both be chosen: cron means either of them, Temporal both at once; leave one as *';
    }
    const firstDay = Math.min(...(values[DAY_OF_MONTH] ?? []));
    const reached = (values[MONTH] ?? []).some((month) => firstDay <= (DAYS_OF_MONTH[month - 1] ?? 0));
    return reached ? null : `it never comes due: no month chosen has a day ${firstDay}`;
  } catch (error) {
    if (error instanceof CronFault) return error.message;
    throw error;
  }
}

/** All values of a field: a list of `*`, `a`, `a-b`, each with `/step`. */
function valuesOf(text: string, field: Field): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^(?:(\*)|([0-9A-Za-z]+)(?:-([0-9A-Za-z]+))?)(?:\/(\d{1,4}))?$/.exec(part);
    if (!match) throw new CronFault(`${field.name}: cannot read '${part}'`);
    const [, all, from, to, stepText] = match;
    const step = stepText === undefined ? 1 : Number(stepText);
    if (step === 0) throw new CronFault(`${field.name}: a step of 0 in '${part}' never moves on`);
    const first = all ? field.min : numberOf(from ?? '', field);
    const open = all !== undefined || (stepText !== undefined && to === undefined);
    const last = open ? field.max : numberOf(to ?? from ?? '', field);
    if (last < first) throw new CronFault(`${field.name}: '${part}' ends before it begins`);
    return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, index) => first + index * step);
  });
}

function numberOf(text: string, { name, min, max, names }: Field): number {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return named + (names === MONTHS ? 1 : 0);
  const value = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const orNames = names.length > 0 ? ` or ${names[0]}–${names.at(-1)}` : '';
  throw new CronFault(`${name}: ${text} is not within ${min}–${max}${orNames}`);
}
