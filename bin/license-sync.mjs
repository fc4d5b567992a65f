#!/usr/bin/env node
/** The command line of license-sync. Needs Node ≥ 20 and nothing else. */
import { main, runTypeScript } from '../stack/bootstrap.mjs';

await main((signal) => runTypeScript('cli/main.ts', process.argv.slice(2), { signal }));
