/** Who sends a request, as far as counting requests needs it: so many keys and no more, however many addresses there are. */
import { createHash, randomBytes } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';

/** Stands for the address a request comes from; two addresses seldom share one. */
export type ClientKey = (c: Context) => string;

export const MAX_KEYS = 16_384;

/** @param behindProxy whether a proxy that nobody can go around says who its clients are. */
export function createClientKey(behindProxy: boolean): ClientKey {
  const keyOf = createAddressKey();
  return (c) => keyOf(addressOf(c, behindProxy));
}

/** Salted, so that nobody can choose an address that shares its key with another's. */
export function createAddressKey(): (address: string) => string {
  const salt = randomBytes(16);
  return (address) => {
    const digest = createHash('sha256').update(salt).update(networkOf(address)).digest();
    return String(digest.readUInt16BE() % MAX_KEYS);
  };
}

function addressOf(c: Context, behindProxy: boolean): string {
  const peer = getConnInfo(c).remote.address ?? '';
  if (!behindProxy) return peer;
  // The last one is what our proxy has seen; those before it are what its client claims.
  const seen = c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? '';
  return isIP(seen) === 0 ? peer : seen;
}

/** One customer of a provider has a whole network of IPv6 addresses: the first 64 bits. */
function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = '', tail = ''] = address.toLowerCase().split('::');
  const groups = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = address.includes('::') ? Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0') : [];
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
}
