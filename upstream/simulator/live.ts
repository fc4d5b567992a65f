/**
 * Which of the computed records are still there, and which of them is the k-th: removing a record moves all later ones up by one
 * position, and paging through a million must stay fast after that. One bit a record, and a count for each 1,024 of them.
 */
const BLOCK = 1024;
const WORDS_A_BLOCK = BLOCK / 32;

export interface LiveSet {
  /** How many are left. */
  readonly count: number;
  has(index: number): boolean;
  /** False when it was gone already. */
  remove(index: number): boolean;
  /** How many are left before this index. */
  rank(index: number): number;
  /** The index of the k-th that is left, from 0; `size` when there are not so many. */
  select(k: number): number;
}

/** Everything in [0, size) is there at first. */
export function createLiveSet(size: number): LiveSet {
  const gone = new Uint32Array(Math.ceil(size / 32));
  const goneInBlock = new Uint16Array(Math.ceil(size / BLOCK));
  let goneInAll = 0;

  const isGone = (index: number) => (((gone[index >>> 5] ?? 0) >>> (index & 31)) & 1) === 1;
  const lengthOf = (block: number) => Math.min(BLOCK, size - block * BLOCK);

  return {
    get count() {
      return size - goneInAll;
    },
    has: (index) => index >= 0 && index < size && !isGone(index),
    remove(index) {
      if (index < 0 || index >= size || isGone(index)) return false;
      gone[index >>> 5] = (gone[index >>> 5] ?? 0) | (1 << (index & 31));
      const block = Math.floor(index / BLOCK);
      goneInBlock[block] = (goneInBlock[block] ?? 0) + 1;
      goneInAll++;
      return true;
    },
    rank(index) {
      if (goneInAll === 0) return index;
      const block = Math.floor(index / BLOCK);
      let before = 0;
      for (let b = 0; b < block; b++) before += goneInBlock[b] ?? 0;
      const word = index >>> 5;
      for (let w = block * WORDS_A_BLOCK; w < word; w++) before += ones(gone[w] ?? 0);
      if (index & 31) before += ones((gone[word] ?? 0) & ((1 << (index & 31)) - 1));
      return index - before;
    },
    select(k) {
      if (k < 0 || k >= size - goneInAll) return size;
      if (goneInAll === 0) return k;
      let left = k;
      let block = 0;
      for (; ; block++) {
        const here = lengthOf(block) - (goneInBlock[block] ?? 0);
        if (left < here) break;
        left -= here;
      }
      for (let index = block * BLOCK; ; index++) {
        if (isGone(index)) continue;
        if (left === 0) return index;
        left--;
      }
    },
  };
}

function ones(word: number): number {
  let w = word - ((word >>> 1) & 0x55555555);
  w = (w & 0x33333333) + ((w >>> 2) & 0x33333333);
  return Math.imul((w + (w >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
