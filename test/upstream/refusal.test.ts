import { describe, expect, it } from 'vitest';
import { refusalWords } from '../../upstream/refusal.ts';

const words = (message: unknown, sent = {}) => refusalWords(JSON.stringify({ success: false, message }), sent);

describe('refusalWords', () => {
  it.each([
    ['zip is to be a text', 'zip is to be a text'],
    ['taken by owner@example.com, call (312) 555-0143', 'taken by [removed] call [removed]'],
    ['mail ow\u200bner@exa\u0000mple.com', 'mail ow [removed] mple.com'],
    ['password: hunter2 is wrong', 'password: [removed] is wrong'],
    ['first line\r\n\tsecond line\u0007', 'first line second line'],
    [{ zip: ['not five digits'], phone: '3125550143' }, '{"zip":["not five digits"],"phone":"[removed]"}'],
  ])('gives %j without persons and secrets, on one line', (message, expected) => {
    expect(words(message)).toBe(expected);
  });

  it('does not repeat the texts that were sent', () => {
    const sent = { Note: 'ask Maria', zip: '12345', status: 1, dba: 'A' };
    expect(words('"ask Maria" is no note; A 12345', sent)).toBe('"[removed]" is no note; A [removed]');
  });

  it('is at most 200 characters long, and cuts no character in half', () => {
    const cut = words('😀'.repeat(500)) ?? '';
    expect(Array.from(cut)).toHaveLength(200);
    expect(cut).toMatch(/^(?:😀)+…$/u);
  });

  it.each(['', '<html>Too large</html>', '[]', 'null', '{"success":false}', '{"message":null}', '{"message":" \\n"}'])(
    'is undefined when the answer holds no message: %s',
    (text) => {
      expect(refusalWords(text, {})).toBeUndefined();
    },
  );
});
