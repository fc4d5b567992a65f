/** One delivery by HTTP. On `node:http`, because it lets the address be judged between its name and the connection. */
import { lookup as resolve } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { retryAfterMs } from '../http/retry-after.ts';
import { ipFault } from './address.ts';

export interface Delivery {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** What became of it. Nothing of what the receiver wrote is kept: it may be anything. */
export type DeliveryAnswer =
  | { status: number /** The receiver's own wish, in ms. */; retryAfterMs: number | null }
  | { status: null; fault: string };

export interface SendOptions {
  /** ms, from beginning to the answer's headers */
  timeoutMs: number;
  allowPrivate: boolean;
  signal: AbortSignal;
}

/** Never throws for what the receiver does; a redirect is an answer like any other and is not followed. */
export async function sendDelivery(
  { url, headers, body }: Delivery,
  { timeoutMs, allowPrivate, signal }: SendOptions,
): Promise<DeliveryAnswer> {
  const address = new URL(url);
  const host = address.hostname.replace(/^\[|\]$/g, '');
  const fault = isIP(host) === 0 ? null : ipFault(host, allowPrivate);
  if (fault !== null) return { status: null, fault };
  const send = address.protocol === 'https:' ? httpsRequest : httpRequest;
  return await new Promise((answer) => {
    const end = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const request = send(address, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: guarded(allowPrivate),
      signal: end,
      agent: false,
    });
    request.once('response', (response) => {
      response.destroy();
      const { 'retry-after': wish, date } = response.headers;
      answer({
        status: response.statusCode ?? 0,
        retryAfterMs: wish === undefined ? null : retryAfterMs(wish, date, Date.now()),
      });
    });
    request.once('error', (error) => {
      answer({
        status: null,
        fault: end.aborted && !signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error),
      });
    });
    request.end(body);
  });
}

/** The name's address is judged where the connection takes it from: a second look-up could give another one. */
function guarded(allowPrivate: boolean): LookupFunction {
  return (hostname, options, done) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 0);
      const usable = addresses.filter(({ address }) => ipFault(address, allowPrivate) === null);
      const [first] = usable;
      if (!first) {
        const why = ipFault(addresses[0]?.address ?? '0.0.0.0', allowPrivate) ?? 'it has no address';
        return done(new RefusedAddress(why), '', 0);
      }
      if (options.all) return done(null, usable);
      return done(null, first.address, first.family);
    });
  };
}

class RefusedAddress extends Error {
  override readonly name = 'RefusedAddress';
}

/** By code: the message of a system's error names address and port. */
function reasonOf(error: Error & { code?: string }): string {
  if (error instanceof RefusedAddress) return error.message;
  return error.code === undefined ? 'the connection broke' : `no connection (${error.code})`;
}
