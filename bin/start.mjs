#!/usr/bin/env node
/** Everything the product needs, on a bare machine. Needs Node ≥ 20 and nothing else. */
import { main, runTypeScript } from '../stack/bootstrap.mjs';

await main((signal) => runTypeScript('stack/start.ts', process.argv.slice(2), { signal }));
