/** The data and its journal as one: nothing changes that is not written down first. */
import { readBundledBusinesses } from './bundled.ts';
import { createDataset, type Dataset, type Operation } from './dataset.ts';
import { openJournal } from './journal.ts';
import { mix } from './random.ts';
import { createSource } from './source.ts';

export interface StoreOptions {
  /** Invented records, beside the bundled ones. */
  records: number;
  seed: number;
  bundled: boolean;
  journal: string | null;
}

export interface Store {
  readonly data: Dataset;
  /** Journals, then applies; the countids concerned. */
  commit(operation: Operation): number[];
  close(): void;
}

const BUNDLED_SEED = 1994;
const FIRST_BUNDLED = 10_001;
/** Above every bundled countid, below which there is room to insert records at the beginning of the feed. */
const FIRST_INVENTED = 20_000;

/** @throws {JournalError} see `openJournal`. */
export function openStore(options: StoreOptions): Store {
  const { records, seed, bundled } = options;
  const sources = [];
  if (bundled) {
    const businesses = readBundledBusinesses();
    sources.push(
      createSource({ seed: BUNDLED_SEED, size: businesses.length, firstCountid: FIRST_BUNDLED, businesses }),
    );
  }
  if (records > 0) {
    sources.push(createSource({ seed, size: records, firstCountid: FIRST_INVENTED + (mix(seed, 0xc1d) % 100_000) }));
  }
  const data = createDataset(sources);
  const journal = options.journal
    ? openJournal(options.journal, { records, seed, bundled }, (operation) => data.apply(operation))
    : null;
  return {
    data,
    commit(operation) {
      journal?.append(operation);
      return data.apply(operation);
    },
    close: () => journal?.close(),
  };
}
