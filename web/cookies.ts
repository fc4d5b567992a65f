/** The two cookies of the console: the session's, and the choice of light or dark. */
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { isEncrypted } from '../http/safe-headers.ts';

const SESSION = 'license_sync_session';
const THEME = 'license_sync_theme';
const YEAR_SECONDS = 31_536_000;

export const THEMES = ['system', 'light', 'dark'] as const;
/** `system`: as the visitor's device is set. */
export type Theme = (typeof THEMES)[number];

export function readSessionCookie(c: Context): string | null {
  return getCookie(c, SESSION) ?? null;
}

/** Out of reach of scripts; sent along when a link from elsewhere is followed, never with a form from elsewhere. */
export function writeSessionCookie(c: Context, value: string, lifeSeconds: number): void {
  setCookie(c, SESSION, value, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    // A client that claims it wrongly only loses its own cookie.
    secure: isEncrypted(c),
    maxAge: lifeSeconds,
  });
}

export function dropSessionCookie(c: Context): void {
  deleteCookie(c, SESSION, { path: '/' });
}

export function readTheme(c: Context): Theme {
  const given = getCookie(c, THEME);
  return THEMES.find((theme) => theme === given) ?? 'system';
}

export function writeTheme(c: Context, theme: Theme): void {
  setCookie(c, THEME, theme, {
    path: '/',
    httpOnly: true,
    sameSite: 'Lax',
    secure: isEncrypted(c),
    maxAge: YEAR_SECONDS,
  });
}
