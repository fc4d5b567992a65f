/** What was worked out from data, kept as long as the data stay the same. */

export interface VersionCache {
  /** What `look` gives, or gave under the same name and version; a failure is not kept. Who asks meanwhile shares the look. */
  get<T>(name: string, version: number, look: () => Promise<T>): Promise<T>;
}

interface Entry {
  version: number;
  until: number;
  answer: Promise<unknown>;
}

/**
 * @param forMs how long anything is kept at most: for writers that do not count the version up.
 * @param maxEntries beyond these the one that was made first is forgotten.
 */
export function createVersionCache({ forMs, maxEntries }: { forMs: number; maxEntries: number }): VersionCache {
  const entries = new Map<string, Entry>();

  function keep(name: string, entry: Entry): void {
    entries.delete(name);
    entries.set(name, entry);
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    entry.answer.catch(() => {
      if (entries.get(name) === entry) entries.delete(name);
    });
  }

  return {
    get<T>(name: string, version: number, look: () => Promise<T>): Promise<T> {
      const kept = entries.get(name);
      if (kept && kept.version === version && performance.now() < kept.until) return kept.answer as Promise<T>;
      const answer = look();
      keep(name, { version, until: performance.now() + forMs, answer });
      return answer;
    },
  };
}
