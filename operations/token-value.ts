import { randomBytes } from 'node:crypto';

/** A new bearer token: 256 random bits behind a prefix by which scanners for leaked secrets know it. */
export function drawToken(): string {
  return `lsk_${randomBytes(32).toString('base64url')}`;
}
