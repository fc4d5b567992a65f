#!/usr/bin/env node
/** A picture of every page of the console, 360 and 1440 pixels wide, light and dark. Needs Node ≥ 20 and nothing else. */
import { resolve } from 'node:path';
import { main, runTypeScript } from '../stack/bootstrap.mjs';

process.env.TEST_SCREENSHOTS = resolve(process.argv[2] ?? '.cache/screenshots');
// The test that looks at every page takes them, with a product in which each of them has something to show.
const args = ['test/web/every-page.test.ts', '-t', 'every page has no accessibility fault'];
await main((signal) => runTypeScript('stack/test.ts', args, { dev: true, signal }));
