import { describe, expect, it } from 'vitest';
import { cronProblem } from '../../domain/cron.ts';

describe('a cron expression', () => {
  it.each([
    '* * * * *',
    '0 3 * * *',
    '*/15 * * * *',
    '0/15 8-18/2 * * MON-FRI',
    '5,35 0 1,15 * *',
    '0 0 * * 7',
    '0 0 * * 5-7',
    '0 0 31 jan,Dec *',
    '0 0 29 2 *',
    ' 0  3 * * * ',
  ])('%s is taken', (text) => {
    expect(cronProblem(text)).toBeNull();
  });

  it.each([
    ['', 'expected five fields'],
    ['* * * *', 'expected five fields'],
    ['0 0 3 * * *', 'expected five fields'],
    ['@every 5m', 'expected five fields'],
    ['@daily', 'expected five fields'],
    ['CRON_TZ=UTC 0 3 * * *', 'expected five fields'],
    ['60 * * * *', 'minute: 60 is not within 0–59'],
    ['* 24 * * *', 'hour: 24 is not within 0–23'],
    ['* * 0 * *', 'day of month: 0 is not within 1–31'],
    ['* * * 13 *', 'month: 13 is not within 1–12 or JAN–DEC'],
    ['* * * * 8', 'day of week: 8 is not within 0–7 or SUN–SAT'],
    ['* * * * MONDAY', 'day of week: MONDAY is not within'],
    ['-1 * * * *', "minute: cannot read '-1'"],
    ['1.5 * * * *', "minute: cannot read '1.5'"],
    ['? * * * *', "minute: cannot read '?'"],
    ['* * L * *', 'day of month: L is not within'],
    ['* * * * 1#2', "day of week: cannot read '1#2'"],
    ['1,,2 * * * *', "minute: cannot read ''"],
    ['*/0 * * * *', 'minute: a step of 0'],
    ['9-5 * * * *', "minute: '9-5' ends before it begins"],
    ['0 0 13 * FRI', 'cannot both be chosen'],
    ['0 0 30 2 *', 'it never comes due: no month chosen has a day 30'],
    ['0 0 31 4,6,9,11 *', 'it never comes due'],
    [`${'1,'.repeat(200)}1 * * * *`, 'at most 200 characters'],
  ])('%s is refused: %s', (text, problem) => {
    expect(cronProblem(text)).toContain(problem);
  });
});
