#!/usr/bin/env node
/** Makes the types of the client anew from the OpenAPI document. Needs Node ≥ 20 and nothing else. */
import { main, runTypeScript } from '../stack/bootstrap.mjs';

await main((signal) => runTypeScript('client/generate.ts', process.argv.slice(2), { dev: true, signal }));
