#!/usr/bin/env node
/** Writes docs/dependencies.md from package-lock.json; with --check it only says whether the page is up to date and every licence allowed. Needs Node ≥ 20 and nothing else. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PAGE = fileURLToPath(new URL('../docs/dependencies.md', import.meta.url));

/** May be used, and what comes with the product passed on, when their notices are kept. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
]);
/** Allowed for these alone, and why. */
const EXCEPTIONS = {
  'caniuse-lite': ['CC-BY-4.0', 'data, not code'],
  'axe-core': ['MPL-2.0', 'used by tests only, unchanged'],
  lightningcss: ['MPL-2.0', 'used by tests only, unchanged'],
};
/** Packages whose package.json names no licence: what their LICENSE file says. */
const BY_FILE = { unionfs: 'Unlicense' };

const read = (name) => JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'));
const { packages } = read('package-lock.json');
const { dependencies, devDependencies } = read('package.json');

/** One entry a name and version, however often it is installed. */
const found = new Map();
for (const [path, { version, license, dev = false, optional = false }] of Object.entries(packages)) {
  if (path === '') continue;
  const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const key = `${name} ${version}`;
  const known = found.get(key);
  const top = path === `node_modules/${name}`;
  found.set(key, {
    name,
    version,
    licence: license ?? BY_FILE[name] ?? '(none named)',
    production: !dev || (known?.production ?? false),
    direct: (top && (name in dependencies || name in devDependencies)) || (known?.direct ?? false),
    optional,
  });
}
const all = [...found.values()].sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));

const refused = all.filter((one) => !isAllowed(one));
for (const { name, version, licence } of refused) {
  console.error(`licences: ${name} ${version} has the licence ${licence}, which bin/licences.mjs does not allow`);
}
const page = render();
if (process.argv.includes('--check')) {
  const upToDate = readFileSync(PAGE, 'utf8') === page;
  if (!upToDate) console.error('licences: docs/dependencies.md is out of date; run: npm run licences');
  process.exitCode = upToDate && refused.length === 0 ? 0 : 1;
} else {
  writeFileSync(PAGE, page);
  console.log(`licences: ${all.length} packages listed in docs/dependencies.md`);
  process.exitCode = refused.length === 0 ? 0 : 1;
}

/** Of alternatives one must be allowed, of what holds together all. */
function isAllowed({ name, licence, production }) {
  const exception = EXCEPTIONS[Object.keys(EXCEPTIONS).find((one) => name === one || name.startsWith(`${one}-`)) ?? ''];
  const weak = exception?.[0] === licence && !(production && exception[1].startsWith('used by tests'));
  const some = licence.replace(/[()]/g, '').split(' OR ');
  return weak || some.some((choice) => choice.split(' AND ').every((one) => ALLOWED.has(one.trim())));
}

function render() {
  const production = all.filter((one) => one.production);
  const development = all.filter((one) => !one.production);
  const exceptions = Object.entries(EXCEPTIONS).map(([name, [licence, why]]) => `\`${name}\` (${licence}: ${why})`);
  const counts = new Map();
  for (const { licence } of production) counts.set(licence, (counts.get(licence) ?? 0) + 1);
  const byCount = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return `# Dependencies and their licences

Made by \`npm run licences\` from \`package-lock.json\`; a test sees that it is up to date and that every licence is allowed. The product
itself is \`UNLICENSED\`: it is not published. Versions are exact, and the lock file holds a hash of what is installed.

Allowed: ${[...ALLOWED].join(', ')}; and for these alone ${exceptions.join(', ')}.

## With the product

${production.length} packages: ${byCount.map(([licence, n]) => `${licence} ${n}`).join(', ')}. Direct are those that \`package.json\` names; all others
came with them. Those for one system alone are installed on that system alone.

${table(
  ['package', 'version', 'licence', 'direct', 'for one system'],
  production.map((one) => [one.name, one.version, one.licence, one.direct ? 'yes' : '', one.optional ? 'yes' : '']),
)}

## For development and tests

${development.length} packages, none of them in the image.

${table(
  ['package', 'version', 'licence', 'direct'],
  development.map((one) => [one.name, one.version, one.licence, one.direct ? 'yes' : '']),
)}
`;
}

/** As the formatter lays tables out. */
function table(head, rows) {
  const widths = head.map((text, column) =>
    Math.max(...[text, ...rows.map((row) => row[column])].map(({ length }) => length)),
  );
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
