import { describe, expect, it } from 'vitest';
import { readCommandLine, UsageError } from '../../../upstream/simulator/options.ts';

describe('the command line', () => {
  it('serves the bundled records on a free port when nothing is said', () => {
    expect(readCommandLine([])).toEqual({
      host: '127.0.0.1',
      port: 0,
      records: 0,
      seed: 1,
      bundled: true,
      apiKey: null,
      maxLimit: 100,
      journal: null,
      sorted: true,
    });
  });

  it('takes every flag', () => {
    const args =
      '--host 0.0.0.0 --port 8080 --records 9 --seed 4 --no-bundled --api-key k --max-limit 50 --journal f --sorted false';
    expect(readCommandLine(args.split(' '))).toEqual({
      host: '0.0.0.0',
      port: 8080,
      records: 9,
      seed: 4,
      bundled: false,
      apiKey: 'k',
      maxLimit: 50,
      journal: 'f',
      sorted: false,
    });
  });

  it.each([
    ['--record 5', /--record/],
    ['--records -1', /--records/],
    ['--records=-1', /--records is to be a whole number from 0/],
    ['--records 1e3', /not "1e3"/],
    ['--records 999999999999', /from 0 to 50000000/],
    ['--port 70000', /--port/],
    ['--max-limit 0', /--max-limit/],
    ['--sorted maybe', /--sorted is true or false/],
    ['--host=', /may not be empty/],
    ['extra', /extra/],
  ])('refuses %s', (args, reason) => {
    expect(() => readCommandLine(args.split(' '))).toThrow(UsageError);
    expect(() => readCommandLine(args.split(' '))).toThrow(reason);
  });
});
