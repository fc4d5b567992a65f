#!/usr/bin/env node
/** The whole test suite, against real services. Needs Node ≥ 20 and nothing else. */
import { main, runTypeScript } from '../stack/bootstrap.mjs';

await main((signal) => runTypeScript('stack/test.ts', process.argv.slice(2), { dev: true, signal }));
