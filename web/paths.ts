/** Addresses of the console's pages. */
export const SIGN_IN = '/sign-in';

/** The page that asks for a token, and then leads on to where the visitor wanted to go. */
export function signInPath(next: string): string {
  return next === '/' || next === SIGN_IN ? SIGN_IN : `${SIGN_IN}?next=${encodeURIComponent(next)}`;
}

/** An address on this site, from text that may say anything; the overview when it is none. */
export function localPath(text: string | undefined): string {
  return text !== undefined && /^\/(?![/\\])[\w\-./?=&%:~,]*$/.test(text) ? text : '/';
}

/** The path with the query; what is empty or missing is left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | boolean | null | undefined>>,
): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') params.set(name, String(value));
  }
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}
