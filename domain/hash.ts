import { hash } from 'node:crypto';

/** SHA-256 of a text in UTF-8: 64 lower-case hex digits. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/**
 * Fingerprint of a record in canonical form: the first 128 bits of its SHA-256, 32 hex digits.
 * Half the digest halves the index, and leaves an accidental match among a million records at about 10⁻²⁷.
 */
export function rowHash(canonical: string): string {
  return sha256(canonical).slice(0, 32);
}
