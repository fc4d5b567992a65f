/** Which addresses a webhook may have: an address is a way to make this service call others. */
import { BlockList, isIP } from 'node:net';

const MAX_CHARS = 2000;

/** Never the receiver of anything: this host as "any", and link-local ones, where cloud machines keep their credentials. */
const NEVER = listOf([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['ff00::', 8],
]);
const PRIVATE = listOf([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['::1', 128],
  ['fc00::', 7],
]);

/** Why an address cannot be a webhook's; null when it can. What its name resolves to is looked at when it is called. */
export function addressFault(address: string, allowPrivate: boolean): string | null {
  if (address.length > MAX_CHARS) return `expected at most ${MAX_CHARS} characters`;
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol))
    return 'expected an address such as https://hooks.example.com/license-sync';
  if (url.username || url.password) {
    return 'a user or a password in the address would be sent in the clear to whoever looks at it; the signature says who calls';
  }
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return isIP(host) === 0 ? null : ipFault(host, allowPrivate);
}

/** Why this IP address is not called; null when it may be. */
export function ipFault(ip: string, allowPrivate: boolean): string | null {
  // ::ffff:127.0.0.1 is 127.0.0.1
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip)?.[1] ?? ip;
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(plain, family)) return 'link-local and unspecified addresses are never called';
  if (!allowPrivate && PRIVATE.check(plain, family)) {
    return 'loopback and private addresses are not called here (LICENSE_SYNC_WEBHOOKS_ALLOW_PRIVATE_NETWORKS)';
  }
  return null;
}

function listOf(subnets: [string, number][]): BlockList {
  const list = new BlockList();
  for (const [net, prefix] of subnets) list.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4');
  return list;
}
