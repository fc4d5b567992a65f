/**
 * A bare reader of the License API: no retries, no checks of content, nothing but HTTP and JSON. On `node:http`, which costs
 * less than `fetch`, so that what is compared with it is compared with the faster way.
 */
import { Agent, get } from 'node:http';
import type { Upstream } from './stand.ts';

export const PAGE_SIZE = 100;

export type Row = Record<string, unknown>;

export interface PageReader {
  /** Pages `from` to `to` in order, `lanes` at once. */
  read(from: number, to: number, lanes: number): Promise<Row[][]>;
  close(): void;
}

export function createPageReader({ url, key }: Upstream, signal: AbortSignal): PageReader {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true });
  const headers = { 'x-api-key': key };

  async function readPage(page: number): Promise<Row[]> {
    const path = `/api/v1/licenses?page=${page}&limit=${PAGE_SIZE}&sortBy=countid&sortOrder=asc`;
    const text = await new Promise<string>((resolve, reject) => {
      get({ hostname, port, path, headers, agent, signal }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('error', reject);
        response.once('end', () => {
          if (response.statusCode === 200) resolve(Buffer.concat(chunks).toString());
          else reject(new Error(`page ${page} came with HTTP ${response.statusCode}`));
        });
      }).once('error', reject);
    });
    return (JSON.parse(text) as { data: Row[] }).data;
  }

  return {
    async read(from, to, lanes) {
      const pages: Row[][] = [];
      let next = from;
      const lane = async () => {
        while (next <= to) {
          const page = next++;
          pages[page - from] = await readPage(page);
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
      return pages;
    },
    close: () => agent.destroy(),
  };
}
