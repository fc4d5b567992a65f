/** The frame of every page. */
import { allows, type Role } from '../domain/roles.ts';
import type { Notice } from '../operations/sessions.ts';
import type { Waiting } from '../operations/waiting.ts';
import type { Visitor } from './access.ts';
import type { Assets } from './assets.ts';
import { notice as noticeBox } from './components/notice.ts';
import { count } from './components/text.ts';
import { THEMES, type Theme } from './cookies.ts';
import { type Html, html } from './html.ts';

export type Area =
  | 'overview'
  | 'runs'
  | 'reviews'
  | 'licenses'
  | 'plans'
  | 'conflicts'
  | 'quarantine'
  | 'schedules'
  | 'alerts'
  | 'webhooks'
  | 'tokens';

export interface Document {
  title: string;
  area: Area | null;
  main: Html;
  scripts?: readonly string[];
  refresh?: number;
  visitor: Visitor | null;
  notice: Notice | null;
  waiting: Waiting | null;
  theme: Theme;
  assets: Assets;
  path: string;
}

const AREAS: { area: Area; label: string; path: string; role?: Role; waits?: keyof Waiting }[] = [
  { area: 'overview', label: 'Overview', path: '/' },
  { area: 'runs', label: 'Runs', path: '/runs' },
  { area: 'reviews', label: 'Reviews', path: '/reviews', waits: 'reviews' },
  { area: 'licenses', label: 'Licenses', path: '/licenses' },
  { area: 'plans', label: 'Plans', path: '/plans' },
  { area: 'conflicts', label: 'Conflicts', path: '/conflicts', waits: 'conflicts' },
  { area: 'quarantine', label: 'Quarantine', path: '/quarantine', waits: 'quarantine' },
  { area: 'schedules', label: 'Schedules', path: '/schedules' },
  { area: 'alerts', label: 'Alerts', path: '/alerts', waits: 'alerts' },
  { area: 'webhooks', label: 'Webhooks', path: '/webhooks', role: 'admin' },
  { area: 'tokens', label: 'Tokens', path: '/tokens', role: 'admin' },
];

export function documentOf(page: Document): Html {
  const { title, visitor, assets, theme, main, refresh } = page;
  const scripts = ['console', ...(page.scripts ?? [])];
  return html`<!doctype html>
<html lang="en" data-theme="${theme}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme === 'system' ? 'light dark' : theme}">
<title>${title} · license-sync</title>
${refresh === undefined ? '' : html`<noscript><meta http-equiv="refresh" content="${refresh}"></noscript>`}
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${assets.style}">
${scripts.map((name) => html`<script type="module" src="${assets.script(name)}"></script>`)}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${visitor ? header(page, visitor) : ''}
<main id="main" tabindex="-1">
<h1>${title}</h1>
${page.notice ? noticeBox(page.notice.tone, page.notice.text) : ''}
${main}
</main>
</body>
</html>`;
}

function header({ area, waiting, theme }: Document, visitor: Visitor): Html {
  const shown = AREAS.filter(({ role }) => role === undefined || allows(visitor.role, role));
  return html`<header class="top">
<a class="brand" href="/">license-sync</a>
<nav aria-label="Main"><ul>
${shown.map(
  (one) =>
    html`<li><a href="${one.path}" ${one.area === area ? html`aria-current="page"` : ''}>${one.label}${badgeOf(one.waits && waiting ? waiting[one.waits] : 0)}</a></li>`,
)}
</ul></nav>
<details class="visitor">
<summary>${visitor.name} <span class="muted">(${visitor.role})</span></summary>
<div>
<form method="post" action="/theme"><input type="hidden" name="csrf" value="${visitor.csrf}">
<fieldset><legend>Theme</legend>
${THEMES.map((one) => html`<button name="theme" value="${one}" ${one === theme ? html`aria-pressed="true"` : html`aria-pressed="false"`}>${one}</button>`)}
</fieldset></form>
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="${visitor.csrf}"><button>Sign out</button></form>
</div>
</details>
</header>`;
}

function badgeOf(waits: number): Html | string {
  return waits === 0 ? '' : html` <span class="count" title="waiting">${count(waits)}</span>`;
}
