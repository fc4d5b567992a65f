import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine } from '../../domain/csv-line.ts';

describe('a line of CSV', () => {
  it('quotes what would break it', () => {
    expect(csvLine(['a,b', 'say "hi"', 'two\r\nlines', ' blank ', null, '', 7])).toBe(
      '"a,b","say ""hi""","two\r\nlines"," blank ",,,7\r\n',
    );
  });

  it.each([
    ['=1+1', "'=1+1"],
    ['+1 555', "'+1 555"],
    ['-x', "'-x"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' =1', "' =1"],
    ['\t=1', "'\t=1"],
    ['\uff1d1', "'\uff1d1"],
    ['-12.5000', '-12.5000'],
    ['-7', '-7'],
    ['a=b', 'a=b'],
  ])('%j cannot run as a formula, and a number stays one', (text, expected) => {
    expect(csvLine([text])).toBe(`${expected}\r\n`);
  });

  it('has as many cells as it was given, whatever stands in them', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 6 }), (cells) => {
        const read = [
          ...csvLine(cells)
            .slice(0, -2)
            .matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/gy),
        ];
        const values = read.slice(0, cells.length).map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare);
        expect(values.map((value) => value?.replace(/^'/, ''))).toEqual(cells.map((cell) => cell.replace(/^'/, '')));
      }),
    );
  });
});
