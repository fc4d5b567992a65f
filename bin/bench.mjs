#!/usr/bin/env node
/** The measurements of bench/. Needs Node ≥ 20 and nothing else. */
import { main, runTypeScript } from '../stack/bootstrap.mjs';

await main((signal) => runTypeScript('bench/main.ts', process.argv.slice(2), { dev: true, signal }));
