/**
 * Numbers that look random and are a function of what they are for. Record i of a feed must come out the same whenever and in
 * whatever order it is asked for, so nothing here keeps state between records.
 */

/** Spreads two 32-bit numbers over 32 bits; a change of either changes about half of the result. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul((b + 0x7f4a7c15) | 0, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return (h ^ (h >>> 16)) >>> 0;
}

/** FNV-1a, 32 bits. */
export function hashText(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** One sequence of draws (mulberry32), named by a seed and a stream. */
export class Draws {
  #state: number;

  constructor(seed: number, stream: number) {
    this.#state = mix(seed, stream);
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(from: readonly [T, ...T[]]): T {
    return from[this.below(from.length)] ?? from[0];
  }
}

/** `count` distinct whole numbers below `total`, ascending, the same ones for the same seed (Knuth's algorithm S). */
export function sample(total: number, count: number, seed: number): number[] {
  const draws = new Draws(seed, total);
  const chosen: number[] = [];
  for (let i = 0; i < total && chosen.length < count; i++) {
    if (draws.next() * (total - i) < count - chosen.length) chosen.push(i);
  }
  return chosen;
}
