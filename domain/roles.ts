/** Who may do what: each role may do all that those before it may. */
export const ROLES = ['viewer', 'reviewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether the role may do what needs `needed`. */
export function allows(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

/** What a token may be called. No colon: `sync:<operation>` is how runs sign what they change. */
export const TOKEN_NAME = /^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,59}$/;
export const TOKEN_NAME_RULE =
  'expected a name of 1 to 60 letters, digits, spaces and . _ @ -, beginning with a letter or digit';
