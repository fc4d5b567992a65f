/** `node temporal/bundle-main.ts --out FILE`: writes the workflow bundle for workers. */
import { rename, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bundleWorkflows } from './bundle.ts';

const { values } = parseArgs({ options: { out: { type: 'string' } } });
if (!values.out) {
  console.error('Usage: node temporal/bundle-main.ts --out FILE');
  process.exit(2);
}
const { code } = await bundleWorkflows();
// A worker must never read half a bundle.
await writeFile(`${values.out}.part`, code);
await rename(`${values.out}.part`, values.out);
