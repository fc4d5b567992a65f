import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifySyncError, ERROR_CLASSES } from '../../domain/errors.ts';

describe('classifySyncError', () => {
  it.each([
    [{ code: 'ECONNRESET' }, 'network', true, 'medium'],
    [{ code: 'ETIMEDOUT', status: 401 }, 'network', true, 'medium'],
    [{ code: 'UND_ERR_BODY_TIMEOUT' }, 'network', true, 'medium'],
    [{ status: 401 }, 'auth', false, 'high'],
    [{ status: 403, message: 'validation' }, 'auth', false, 'high'],
    [{ status: 429 }, 'rate_limit', true, 'medium'],
    [{ message: 'Validation failed' }, 'validation', false, 'low'],
    [{ status: 500, message: 'Expecting value' }, 'unknown', true, 'medium'],
    [{}, 'unknown', true, 'medium'],
    [null, 'unknown', true, 'medium'],
    [undefined, 'unknown', true, 'medium'],
  ])('takes %o for %s', (error, type, retryable, severity) => {
    expect(classifySyncError(error)).toEqual({ type, retryable, severity });
  });

  it('never throws, whatever is passed', () => {
    fc.assert(
      fc.property(fc.record({ code: fc.anything(), status: fc.anything(), message: fc.anything() }), (error) => {
        expect(ERROR_CLASSES).toContain(classifySyncError(error).type);
      }),
    );
  });
});
