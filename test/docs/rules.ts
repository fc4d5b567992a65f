/** What has to be so before a command of the documents makes sense, and what stands for its placeholders then. */
import { type Product, RECORD } from './product.ts';

export interface Prepared {
  /** What stands in the command → what is typed instead. */
  fill?: Record<string, string>;
  /** Default: 0. */
  code?: number;
  /** Of `curl`: the status of the answer. Default: 200. */
  status?: number;
}

export interface Rule {
  of: RegExp;
  /** It needs that no run is under way. */
  alone?: true;
  prepare?(product: Product): Promise<Prepared>;
}

/**
 * Commands that start, steer or change something, each with what it needs; the first one that fits. What no rule fits only reads, with
 * `READING` for its placeholders.
 */
export const RULES: readonly Rule[] = [
  { of: /^license-sync sync\b/, alone: true },
  {
    of: /runs (?:pause|cancel) ID/,
    alone: true,
    prepare: async (product) => ({ fill: { ID: await product.slowRun() } }),
  },
  { of: /runs resume ID/, alone: true, prepare: async (product) => ({ fill: { ID: await product.failedRun() } }) },
  {
    of: /runs approve ID/,
    alone: true,
    async prepare(product) {
      const { id, due } = await product.waitingRun();
      return { fill: { ID: id, '432': `${due}`, '900': `${due}` } };
    },
  },
  { of: /plan apply ID/, alone: true, prepare: async (product) => ({ fill: { ID: await product.dryRun() } }) },
  { of: /^license-sync import (?:FILE|licenses)/, prepare: async () => ({ fill: { 'FILE.csv': 'licenses.csv' } }) },
  { of: /conflicts resolve 7/, prepare: async (product) => ({ fill: { '7': `${await product.openConflict()}` } }) },
  { of: /conflicts resolve/ },
  {
    of: /overrides (?:always|never) \S/,
    async prepare(product) {
      await product.withoutOverrides();
      return { fill: { RECORD, LICENSE: product.ids.license } };
    },
  },
  { of: /overrides remove/, prepare: async (product) => ({ fill: { '3': `${await product.override()}` } }) },
  { of: /reviews undo 12/, prepare: async (product) => ({ fill: { '12': `${await product.approvedCase()}` } }) },
  { of: /reviews \w+ 12/, prepare: async (product) => ({ fill: { '12': `${await product.openCase()}` } }) },
  { of: /merges (?:show|undo) 5/, prepare: async (product) => ({ fill: { '5': `${await product.appliedMerge()}` } }) },
  {
    of: /quarantine (?:replay )?12/,
    alone: true,
    prepare: async (product) => ({ fill: { '12': `${await product.quarantined()}` } }),
  },
  { of: /schedule restore schedules/ },
  {
    of: /schedule create/,
    async prepare(product) {
      await product.schedule(false);
      return {};
    },
  },
  {
    of: /schedule \w+ nightly/,
    alone: true,
    async prepare(product) {
      await product.schedule(true);
      return {};
    },
  },
  {
    of: /webhooks create/,
    async prepare(product) {
      await product.withoutWebhooks();
      return { fill: { URL: 'https://hooks.example.com/license-sync' } };
    },
  },
  {
    of: /webhooks retry ID DELIVERY/,
    async prepare(product) {
      const { webhook, delivery } = await product.delivery();
      return { fill: { ID: `${webhook}`, DELIVERY: `${delivery}` } };
    },
  },
  {
    of: /webhooks rotate-secret ID/,
    prepare: async (product) => ({ fill: { ID: `${(await product.delivery()).webhook}` } }),
  },
  { of: /webhooks \w+ 1/, prepare: async (product) => ({ fill: { '1': `${(await product.delivery()).webhook}` } }) },
  { of: /alerts ack 3/, prepare: async (product) => ({ fill: { '3': `${await product.alert()}` } }) },
  { of: /tokens revoke 2/, prepare: async (product) => ({ fill: { '2': `${await product.token()}` } }) },
  {
    of: /tokens create NAME/,
    prepare: async () => ({ fill: { NAME: `program-${Math.random().toString(36).slice(2, 10)}` } }),
  },
  { of: /tokens create/ },
  { of: /^license-sync migrate/ },
  { of: /^curl -X POST .*\/cancel$/, alone: true, prepare: async () => ({ status: 409 }) },
  { of: /^curl -X POST /, alone: true, prepare: async () => ({ status: 202 }) },
  {
    of: /^temporal workflow terminate/,
    alone: true,
    async prepare(product) {
      await product.slowRun();
      return { fill: { NAMESPACE: product.rig.temporal.namespace } };
    },
  },
  {
    of: /quarantine replay --run ID/,
    alone: true,
    prepare: async (product) => ({ fill: { ID: await product.quarantinedRun() } }),
  },
  {
    of: /^grep .*[\da-f]{12} \.data\/logs\/api\.log$/,
    alone: true,
    async prepare(product) {
      const id = await product.slowRun();
      await product.logs('before-grep');
      return { fill: { [EXAMPLE_RUN]: id } };
    },
  },
  {
    of: /^grep .*requestId/,
    async prepare(product) {
      await product.logs('my-request-1');
      return {};
    },
  },
  {
    of: /^grep .*(?:warn|error)/,
    alone: true,
    async prepare(product) {
      const id = await product.failedRun();
      await product.logs('before-grep');
      return { fill: { [EXAMPLE_RUN]: id } };
    },
  },
  {
    of: /^grep /,
    async prepare(product) {
      await product.logs('before-grep');
      return { fill: { [EXAMPLE_RUN]: product.ids.run } };
    },
  },
];

/** The run of the example line of the log. */
const EXAMPLE_RUN = '01a20d3f-2f0b-7126-a6ae-e759ba834eed';

/** Placeholders of commands that only look. */
export function reading({ ids, rig }: Product, command: string): Record<string, string> {
  const [one, other] = ids.twoLicenses;
  const id = /bulk status/.test(command) ? ids.bulk : /\bplan /.test(command) ? ids.plan : ids.run;
  return {
    'ID-OR-KEY ID-OR-KEY': `${one} ${other}`,
    'ID1,ID2': 'A1,A2',
    ID: id,
    LICENSE: ids.license,
    FIELD: 'dba',
    NAME: "'Arnie Mortons'",
    NAMESPACE: rig.temporal.namespace,
    [EXAMPLE_RUN]: ids.run,
  };
}
