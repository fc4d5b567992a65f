/**
 * Stops the stack's children when the launcher is gone. It reads one JSON line per event from the launcher:
 * `{"add": {name, rank, pid, start, graceMs}}` or `{"remove": pid}`. The pipe closes when the launcher dies, however it dies; what is
 * still on the list then is stopped, the highest rank first.
 */
import { createInterface } from 'node:readline';
import { stopGroup } from './pids.mjs';

/** Nobody waits for an orderly end any more, so each child gets this much at most. */
const MAX_GRACE_MS = 3000;

const children = new Map();

for await (const line of createInterface({ input: process.stdin })) {
  const event = JSON.parse(line);
  if (event.add) children.set(event.add.pid, event.add);
  else children.delete(event.remove);
}

for (const child of [...children.values()].sort((a, b) => b.rank - a.rank)) {
  console.log(`${new Date().toISOString()} the launcher is gone: stopping ${child.name} (${child.pid})`);
  await stopGroup(child, Math.min(child.graceMs, MAX_GRACE_MS));
}
