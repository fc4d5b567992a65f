/** What happened to a license, and who put the present value of a field there. */

import { isoInstant } from '../db/connect.ts';
import type { ChangeLine } from '../db/lineage.ts';
import { findLicenseId, findVersionedLicense, listChanges } from '../db/lineage.ts';
import { type LastPush, lastPush } from '../db/push-report.ts';
import { rootsOf } from '../db/redirects.ts';
import {
  type Blame,
  blameOf,
  type ChangeKind,
  creationFields,
  type LineageField,
  type LineageValue,
  type RecordedField,
  type Trace,
  traceOf,
  undo,
} from '../domain/lineage.ts';
import type { VersionedLicense } from '../domain/plan.ts';
import type { OperationsDeps } from './deps.ts';
import { Refusal } from './errors.ts';

/** Who or what made a change. */
export interface Origin {
  at: string;
  version: number;
  /** The signature: a token's name, `sync:<number>`, `import`, … */
  by: string;
  operationId: string | null;
  sourceKey: string | null;
  page: number | null;
}

export interface HistoryEntry extends Origin {
  id: number;
  kind: ChangeKind;
  /** Of a creation: what the license was created with, each from nothing. */
  changes: RecordedField[];
  /** Who did it, in words. */
  sentence: string;
}

export interface BlameView {
  field: LineageField;
  value: LineageValue;
  /** Null when no change on record put the value there. */
  origin: Origin | null;
  rule: string | null;
  replaced: LineageValue;
  sentence: string;
}

export interface LicenseRef {
  id: string;
  key: string;
  version: number;
  /** The live license that this one leads to, where it was consolidated; what is shown is its own history. */
  archivedInto: string | null;
  /** What was sent to the License API last for it, and what became of that; null when nothing was. */
  lastPush: (Omit<LastPush, 'at'> & { at: string }) | null;
}

export interface Lineage {
  /** Newest first. `license` is an id or a key. @throws {Refusal} `license-not-found` */
  history(
    license: string,
    page: { limit: number; cursor?: number | undefined; field?: LineageField | undefined },
  ): Promise<{ license: LicenseRef; entries: HistoryEntry[]; next: number | null }>;
  /** Of one field, or of all in the order of the license's fields. @throws {Refusal} `license-not-found` */
  blame(license: string, field?: LineageField): Promise<BlameView[]>;
}

/** Changes that one statement reads: their number has no bound. */
const READ_AT_ONCE = 500;

export function createLineage({ db }: OperationsDeps): Lineage {
  async function find(ref: string): Promise<VersionedLicense> {
    const id = await findLicenseId(db, ref);
    const found = id === null ? null : await findVersionedLicense(db, id);
    if (!found) throw new Refusal('license-not-found', 'there is no license with this id or key');
    return found;
  }

  /** The license with every change of it undone that had been made when it was read. */
  async function trace({ license, version }: VersionedLicense): Promise<Trace<ChangeLine>> {
    let traced = traceOf<ChangeLine>(license);
    for (let before: number | undefined; ; ) {
      const lines = await listChanges(db, license.id, { limit: READ_AT_ONCE, before });
      for (const line of lines) if (line.version <= version) traced = undo(traced, line);
      before = lines.at(-1)?.id;
      if (lines.length < READ_AT_ONCE || before === undefined) return traced;
    }
  }

  return {
    async history(ref, { limit, cursor, field }) {
      const found = await find(ref);
      const lines = await listChanges(db, found.license.id, { limit: limit + 1, before: cursor, field });
      const shown = lines.slice(0, limit);
      const created = shown.some(({ fields }) => fields === null) ? creationFields(await trace(found)) : [];
      const entries = shown
        .map((line) => entryOf(line, line.fields ?? created, field))
        .filter(({ changes }) => field === undefined || changes.length > 0);
      const { id, key } = found.license;
      const pushed = await lastPush(db, id);
      const root = (await rootsOf(db, [id])).get(id);
      return {
        license: {
          id,
          key,
          version: found.version,
          archivedInto: root === undefined || root === id ? null : root,
          lastPush: pushed && { ...pushed, at: isoInstant(pushed.at) },
        },
        entries,
        next: lines.length > limit ? (shown.at(-1)?.id ?? null) : null,
      };
    },

    async blame(ref, field) {
      const blamed = blameOf(await trace(await find(ref)));
      return blamed.filter((one) => field === undefined || one.field === field).map(blameView);
    },
  };
}

function entryOf(line: ChangeLine, fields: RecordedField[], field: LineageField | undefined): HistoryEntry {
  return {
    id: line.id,
    kind: line.kind,
    ...originOf(line),
    changes: field === undefined ? fields : fields.filter((change) => change.field === field),
    sentence: `${DONE[line.kind]} ${who(line)}.`,
  };
}

const DONE: Readonly<Record<ChangeKind, string>> = {
  created: 'Created',
  updated: 'Changed',
  merged: 'Another license was consolidated into it',
  archived: 'Consolidated into another license',
  unmerged: 'Parted again from what was made one with it',
  restored: 'Live again, its consolidation undone',
};

function originOf({ at, version, by, operationId, sourceKey, page }: ChangeLine): Origin {
  return { at, version, by, operationId, sourceKey, page };
}

function blameView({ field, value, change, rule, replaced }: Blame<ChangeLine>): BlameView {
  return {
    field,
    value,
    origin: change ? originOf(change) : null,
    rule,
    replaced,
    sentence: change
      ? `${change.kind === 'created' ? 'There since the license was created' : 'Put there'} ${who(change)}, rule ${rule}.`
      : 'No change on record put this value there: something else wrote to the table.',
  };
}

function who({ by, operationId, sourceKey, page }: ChangeLine): string {
  const run = /^sync:(\d+)$/.exec(by)?.[1];
  const parts = [run === undefined ? `by ${by}` : `by run ${operationId ?? `number ${run} (not on record any more)`}`];
  if (page !== null && page > 0) parts.push(`page ${page}`);
  if (sourceKey !== null) parts.push(`record ${sourceKey}`);
  return parts.join(', ');
}
