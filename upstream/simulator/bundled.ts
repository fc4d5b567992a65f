/** The businesses that come with the simulator: real ones, see `data/fodors_zagats/README.md`. */
import { readFileSync } from 'node:fs';
import type { Business } from './business.ts';
import { hashText } from './random.ts';

const FILE = new URL('data/fodors_zagats/records.csv', import.meta.url);
const COLUMNS = 'id,source,dba,email,phone,address,city,zip,cluster_id';

/** First three digits of the ZIPs where a telephone area code of the data lies. */
const ZIP_BY_AREA: Record<string, string> = {
  '100': '100',
  '212': '100',
  '213': '900',
  '310': '902',
  '404': '303',
  '415': '941',
  '702': '891',
  '718': '112',
  '770': '300',
  '805': '931',
  '818': '914',
};

/** @throws {Error} when the file is not the one this was written for. */
export function readBundledBusinesses(): Business[] {
  const [header, ...lines] = readFileSync(FILE, 'utf8').trim().split(/\r?\n/);
  if (header !== COLUMNS) throw new Error(`${FILE.pathname} does not begin with the columns ${COLUMNS}`);
  const zips = new Map<string, string>();
  return lines.map((line, at) => {
    const fields = line.split(',');
    const [id, , dba, , phone, address, city, , cluster] = fields;
    // The file quotes nothing, so a comma too many means that it was replaced by another one.
    if (fields.length !== 9 || !id || !dba || !phone || !address || !city || !cluster) {
      throw new Error(`${FILE.pathname}: line ${at + 2} has not the expected 9 fields`);
    }
    // One restaurant in two guides stands in one place: both its rows get the ZIP of the first.
    const zip = zips.get(cluster) ?? inventZip(phone, address);
    zips.set(cluster, zip);
    return { dba, phone, address, city, zip, owner: dba.replace(/[^a-z]/g, '').slice(0, 12) || 'owner' };
  });
}

function inventZip(phone: string, address: string): string {
  const street = address.replace(/[^a-z]/g, '');
  return `${ZIP_BY_AREA[phone.slice(0, 3)] ?? '999'}${String(hashText(street) % 40).padStart(2, '0')}`;
}
