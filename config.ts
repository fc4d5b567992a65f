/**
 * Every setting, in one table: path, unit, bounds and default. Parsed once, validated, frozen.
 * Nothing else in the product reads `process.env` (the launcher in `stack/` passes settings on to its children by name).
 */
import { z } from 'zod';

/** What a leaf of the schema says of itself beside its type. */
interface SettingMeta {
  about: string;
  unit?: string;
  /** The environment name where it is not `LICENSE_SYNC_<PATH>`. */
  env?: string;
  /** Printed as `set`, never as its value. `url` prints with the user part masked. */
  secret?: boolean | 'url';
}

const meta = z.registry<SettingMeta>();

function setting<T extends z.ZodType>(schema: T, about: SettingMeta): T {
  meta.add(schema, about);
  return schema;
}

const whole = (min: number, max: number, preset: number, about: SettingMeta) =>
  setting(z.coerce.number().int().min(min).max(max).default(preset), about);
const ratio = (preset: number, about: SettingMeta) => setting(z.coerce.number().min(0).max(1).default(preset), about);
const flag = (preset: boolean, about: SettingMeta) =>
  setting(z.union([z.boolean(), z.stringbool()]).default(preset), about);
const text = (preset: string, about: SettingMeta) => setting(z.string().min(1).max(200).default(preset), about);

const DAY_MS = 86_400_000;

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an address such as https://licenses.example.com' });
const timeZone = z.string().refine(isTimeZone, 'expected an IANA time zone such as America/Chicago');
const hostPort = z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'expected host:port');
const mysqlUrl = z
  .string()
  .regex(/^(mysql|mariadb):\/\/[^\s]+\/[^\s/]+$/, 'expected mysql://user:password@host:port/database');

const schema = z.object({
  external: z.object({
    baseUrl: setting(httpUrl.optional(), {
      env: 'EXTERNAL_LICENSE_API_URL',
      about: 'Base address of the External License API. No default: without it no sync starts.',
    }),
    apiKey: setting(z.string().min(1).max(500).optional(), {
      env: 'EXTERNAL_LICENSE_API_KEY',
      about: 'Sent as x-api-key.',
      secret: true,
    }),
    timezone: setting(timeZone.default('America/Chicago'), {
      env: 'EXTERNAL_LICENSE_API_TIMEZONE',
      about: 'Zone of lastActive, which comes without one.',
    }),
    timeout: whole(100, 600_000, 30_000, { about: 'One upstream call.', unit: 'ms' }),
    userAgent: text('license-sync/0.1', { about: 'Sent as User-Agent.' }),
    retryAttempts: whole(1, 10, 3, { about: 'Tries of one upstream call, the first included.' }),
    retryDelay: whole(0, 30_000, 1000, {
      about: 'First pause between tries; doubles, at most 30 s, plus jitter.',
      unit: 'ms',
    }),
    pageSize: whole(1, 100, 100, { about: 'Records asked for per page. The API gives at most 100.' }),
    maxAnswerBytes: whole(10_000, 500_000_000, 20_000_000, { about: 'A larger answer is refused.', unit: 'bytes' }),
    requestsPerSecond: whole(0, 10_000, 0, {
      about: 'Rate budget over all worker processes; 0 is no limit.',
      unit: '1/s',
    }),
    maxConcurrentCalls: whole(1, 64, 16, { about: 'Upstream calls in flight per process.' }),
    giveUpAfter: whole(1000, 30 * DAY_MS, 1_800_000, {
      about: 'A run that hears nothing good from the API for this long ends as failed, and can be resumed.',
      unit: 'ms',
    }),
    probeInterval: whole(1000, DAY_MS, 60_000, { about: 'Pause between health checks of the API.', unit: 'ms' }),
  }),
  circuit: z.object({
    failures: whole(1, 1000, 5, { about: 'Consecutive failures that open the circuit.' }),
    halfOpenAfter: whole(100, 3_600_000, 60_000, {
      about: 'An open circuit lets one call through after this.',
      unit: 'ms',
    }),
  }),
  sync: z.object({
    batchSize: whole(1, 1000, 100, { about: 'Rows in one SQL statement.' }),
    concurrencyLimit: whole(1, 64, 5, { about: 'Batches under way at once, before adaption.' }),
    enableComprehensiveSync: flag(true, { about: 'Default of the flag comprehensive.' }),
    enableBidirectionalSync: flag(false, { about: 'Default of the flag bidirectional.' }),
    enableDuplicateDetection: flag(true, { about: 'Default of the flag detectDuplicates.' }),
    maxRetries: whole(1, 100, 3, { about: 'Tries of one step of a run when it fails for good reasons to try again.' }),
    timeout: whole(1000, 3_600_000, 300_000, {
      about: 'One step (activity) of a run, never the whole run.',
      unit: 'ms',
    }),
    rowsPerBatch: whole(1, 100_000, 2000, {
      about: 'Rows in one batch; grows with the total, to at most 200 batches a phase.',
    }),
    continueAsNewAfter: whole(100, 10_000, 8000, {
      about: 'History events after which a run continues in a new execution.',
    }),
  }),
  resume: z.object({
    maxAge: whole(0, 30 * DAY_MS, 3_600_000, {
      about: 'Pages younger than this are not fetched again by a resumed run.',
      unit: 'ms',
    }),
  }),
  retention: z.object({
    rowsDays: whole(0, 3650, 7, { about: 'Staged rows of ended runs are kept this long.', unit: 'days' }),
    historyDays: whole(1, 36_500, 365, {
      about:
        'How runs went in detail (batches, settled quarantine entries, unknown keys) and alerts that are over are kept this long, never shorter than staged rows.',
      unit: 'days',
    }),
    eventsDays: whole(1, 3650, 30, {
      about: 'Events and their deliveries to webhooks are kept this long.',
      unit: 'days',
    }),
  }),
  guard: z.object({
    maxChangeRatio: ratio(0.2, {
      about: 'A run that would change more than this share of the live links, per kind, waits for approval.',
      unit: '0–1',
    }),
    minChanges: whole(0, 1_000_000_000, 50, { about: 'Up to this many changes of a kind never wait for approval.' }),
    expiry: whole(1000, 30 * DAY_MS, DAY_MS, {
      about: 'A run that waits for approval this long ends as incomplete.',
      unit: 'ms',
    }),
  }),
  review: z.object({
    maxOpen: whole(1, 100_000, 1000, { about: 'Duplicate cases whose review workflow is open at once.' }),
    openPerSecond: whole(1, 1000, 20, { about: 'Review workflows started in a second, at most.', unit: '1/s' }),
    remindAfter: whole(1000, 365 * DAY_MS, 3 * DAY_MS, {
      about: 'A review that nobody has decided for this long raises an alert.',
      unit: 'ms',
    }),
    escalateAfter: whole(1000, 365 * DAY_MS, 7 * DAY_MS, {
      about: 'A review that nobody has decided for this long goes to the top of the queue.',
      unit: 'ms',
    }),
    flagDays: whole(1, 365, 14, { about: 'A case that was flagged for later comes back after this.', unit: 'days' }),
  }),
  features: z.object({
    enableComprehensiveSync: flag(true, { about: 'Off: comprehensive=true answers 403.' }),
    enableBidirectionalSync: flag(false, { about: 'Off: bidirectional=true answers 403.' }),
    enableDuplicateDetection: flag(true, { about: 'Off: detectDuplicates=true answers 403.' }),
    enableDryRunMode: flag(true, { about: 'Off: dryRun=true answers 403.' }),
    enablePartialSync: flag(true, { about: 'Off: partial=true answers 403.' }),
  }),
  matching: z.object({
    autoThreshold: setting(z.coerce.number().min(50).max(100).default(90), {
      about: 'Records more alike than this are taken for one business without asking.',
      unit: '0–100',
    }),
    reviewThreshold: setting(z.coerce.number().min(50).max(100).default(70), {
      about: 'Records at least so much alike are shown to a person.',
      unit: '0–100',
    }),
    observeThreshold: setting(z.coerce.number().min(0).max(100).default(50), {
      about: 'Records at least so much alike are kept as observations.',
      unit: '0–100',
    }),
    blockCap: whole(2, 1000, 50, { about: 'A key that more records share than this is not used to find candidates.' }),
  }),
  alerts: z.object({
    checkInterval: whole(500, DAY_MS, 60_000, {
      about: 'Pause between looks for missing runs and for tokens that end soon, in each API process.',
      unit: 'ms',
    }),
    missingRunGrace: whole(0, 30 * DAY_MS, 900_000, {
      about: 'A scheduled run without success so long after it was due makes an alert; longer than a run takes.',
      unit: 'ms',
    }),
    missingRunAfter: whole(0, 365 * DAY_MS, 0, {
      about: 'Alert also when the last success is older than this, whatever the schedules say; 0: by schedules only.',
      unit: 'ms',
    }),
  }),
  webhooks: z.object({
    timeout: whole(100, 60_000, 10_000, { about: 'One delivery to a webhook.', unit: 'ms' }),
    retryDelay: whole(10, 3_600_000, 5000, {
      about: 'First pause before a delivery is tried again; triples, at most an hour.',
      unit: 'ms',
    }),
    giveUpAfter: whole(1000, 30 * DAY_MS, 3 * DAY_MS, {
      about: 'A delivery that does not succeed within this has failed; it can be asked for again.',
      unit: 'ms',
    }),
    dispatchInterval: whole(50, 600_000, 1000, {
      about: 'Pause between looks for new events, in each API process.',
      unit: 'ms',
    }),
    allowPrivateNetworks: flag(true, {
      about: 'Deliver to loopback and private addresses too. Off: public ones only. Link-local ones are never used.',
    }),
  }),
  tokens: z.object({
    lifetimeDays: whole(0, 3650, 0, {
      about: 'New tokens expire after this, unless whoever makes one says otherwise; 0: never.',
      unit: 'days',
    }),
  }),
  console: z.object({
    sessionHours: whole(1, 720, 12, {
      about: 'Who signed in to the console is asked for the token again after this.',
      unit: 'h',
    }),
    signInAttempts: whole(1, 1000, 10, {
      about:
        'Tokens that are not known, sent from one address within a minute; after that the console takes none for the rest of it.',
    }),
  }),
  monitoring: z.object({
    enableDetailedLogging: flag(false, { about: 'Log at level debug.' }),
    enableMetricsCollection: flag(true, { about: 'Serve metrics.' }),
    metricsNeedToken: flag(false, { about: "On: /metrics asks for a token; a viewer's is enough." }),
    workerMetricsAddress: setting(hostPort.optional(), {
      about: "Where a worker serves the metrics of Temporal's SDK, host:port. Unset: nowhere.",
    }),
    enableHealthChecks: flag(true, { about: 'Probe the External License API in the background.' }),
    alertThresholds: z.object({
      maxSyncDuration: whole(1000, 30 * DAY_MS, 600_000, { about: 'A longer run is worth an alert.', unit: 'ms' }),
      maxErrorRate: ratio(0.05, { about: 'A larger share of quarantined records is worth an alert.', unit: '0–1' }),
      minMatchingRate: ratio(0.95, { about: 'A smaller share of linked records is worth an alert.', unit: '0–1' }),
    }),
  }),
  tracing: z.object({
    endpoint: setting(httpUrl.optional(), {
      env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      about: 'Base address of an OpenTelemetry collector that takes traces by OTLP over HTTP; not set: no traces.',
      secret: 'url',
    }),
  }),
  database: z.object({
    url: setting(mysqlUrl.optional(), { env: 'DATABASE_URL', about: 'MySQL ≥ 8.0 or MariaDB ≥ 10.6.', secret: 'url' }),
    poolSize: whole(2, 200, 12, { about: 'Connections per process.' }),
  }),
  temporal: z.object({
    address: setting(hostPort.optional(), { env: 'TEMPORAL_ADDRESS', about: 'Temporal frontend, host:port.' }),
    namespace: setting(z.string().min(1).max(200).default('default'), {
      env: 'TEMPORAL_NAMESPACE',
      about: 'Temporal namespace.',
    }),
    taskQueue: text('license-sync', { about: 'Task queue of the workers.' }),
    uiUrl: setting(httpUrl.optional(), { env: 'TEMPORAL_UI_URL', about: 'Temporal Web UI, for links.' }),
    workflowBundle: setting(z.string().min(1).optional(), {
      about: 'Prebuilt workflow bundle; built at start when not set.',
    }),
  }),
  api: z.object({
    port: setting(z.coerce.number().int().min(0).max(65_535).default(5001), {
      env: 'PORT',
      about: 'Port of API and console.',
    }),
    host: setting(z.string().min(1).default('127.0.0.1'), { env: 'HOST', about: 'Address the API binds to.' }),
    token: setting(z.string().min(20).max(200).optional(), { about: 'Bearer token for the CLI.', secret: true }),
    url: setting(httpUrl.optional(), { about: 'Address of the API, for the CLI.' }),
    behindProxy: flag(false, {
      about:
        'A proxy in front of the API says in X-Forwarded-For and X-Forwarded-Proto who its clients are, and nobody can go around it. Browsers that came to it by https are told to come by nothing else.',
    }),
    requestsPerMinute: whole(1, 10_000_000, 30_000, {
      about: 'Requests of one token, and from one address without a token, in each API process; more are answered 429.',
      unit: '1/min',
    }),
    failedAuthPerMinute: whole(1, 1_000_000, 60, {
      about:
        'Tokens that are not valid, from one address; after that only those get in that were valid within a minute.',
      unit: '1/min',
    }),
    headersTimeout: whole(500, 600_000, 15_000, {
      about: 'A client may take so long to send its headers.',
      unit: 'ms',
    }),
    requestTimeout: whole(500, 3_600_000, 120_000, {
      about: 'A client may take so long to send a whole request, files too.',
      unit: 'ms',
    }),
    stalledTimeout: whole(500, 600_000, 30_000, {
      about: 'A client that takes nothing of its answer for so long is cut off.',
      unit: 'ms',
    }),
    maxConnections: whole(10, 1_000_000, 12_000, { about: 'Connections at once; more are closed unheard.' }),
    maxUnderWay: whole(10, 1_000_000, 1000, { about: 'Requests under way at once; more are answered 503.' }),
  }),
  drain: z.object({
    unreadyFor: whole(0, 600_000, 5000, {
      about:
        'An API process that is told to stop says so by /readyz and goes on serving for so long, until nobody sends it anything new. A second signal ends the wait.',
      unit: 'ms',
    }),
    requestsWithin: whole(0, 600_000, 10_000, {
      about: 'After that, requests under way get so long to end before their connections are closed.',
      unit: 'ms',
    }),
    stepsWithin: whole(0, 600_000, 10_000, {
      about:
        'Steps under way in a worker that is told to stop get so long to end; what is left goes to another worker.',
      unit: 'ms',
    }),
  }),
  home: setting(z.string().min(1).default('.data'), { env: 'LICENSE_SYNC_HOME', about: 'Data of the local stack.' }),
});

/** The settings, nested as in the seed's configuration section. */
export type Config = Readonly<z.output<typeof schema>>;

/** One line of `license-sync config`. */
export interface SettingLine {
  path: string;
  env: string;
  /** The value in force, secrets masked; null when not set. */
  value: string | number | boolean | null;
  origin: 'environment' | 'default' | 'unset';
  unit: string | null;
  about: string;
}

/** A setting that cannot be used; the message names the variable, what was given and what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'CONFIG_INVALID';
}

interface Leaf {
  path: string[];
  env: string;
  meta: SettingMeta;
}

const leaves: readonly Leaf[] = collectLeaves(schema, []);

/**
 * Parses settings from environment variables. An empty variable counts as not set.
 * @throws {ConfigError} naming every variable that cannot be used.
 */
export function loadConfig(env: Record<string, string | undefined>): Config {
  const raw: Record<string, unknown> = {};
  for (const leaf of leaves) place(raw, leaf.path, env[leaf.env]?.trim() || undefined);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const leaf = leaves.find((l) => l.path.join('.') === issue.path.join('.'));
      const given = leaf && !leaf.meta.secret ? ` is ${JSON.stringify(env[leaf.env])}` : ' is not usable';
      return `${leaf?.env ?? issue.path.join('.')}${given}: ${issue.message}`;
    });
    throw new ConfigError(lines.join('\n'));
  }
  const config = deepFreeze(parsed.data);
  const { external, sync } = config;
  if (sync.timeout < 2 * external.timeout * external.retryAttempts) {
    throw new ConfigError(
      `LICENSE_SYNC_SYNC_TIMEOUT is too short: one step must outlast two calls with all their tries, at least ${
        2 * external.timeout * external.retryAttempts
      } ms (2 × LICENSE_SYNC_EXTERNAL_TIMEOUT × LICENSE_SYNC_EXTERNAL_RETRY_ATTEMPTS)`,
    );
  }
  const unknown = unknownSettings(env);
  if (unknown.length > 0) {
    throw new ConfigError(
      unknown.map((name) => `${name} is no setting of license-sync; see 'npx license-sync config'`).join('\n'),
    );
  }
  return config;
}

/** All settings with their values in force, secrets masked. */
export function describeConfig(env: Record<string, string | undefined>): SettingLine[] {
  const config = loadConfig(env);
  return leaves.map((leaf) => {
    const value = read(config, leaf.path);
    const origin = env[leaf.env]?.trim() ? 'environment' : value === undefined ? 'unset' : 'default';
    return {
      path: leaf.path.join('.'),
      env: leaf.env,
      value: value === undefined ? null : mask(value, leaf.meta.secret ?? false),
      origin,
      unit: leaf.meta.unit ?? null,
      about: leaf.meta.about,
    };
  });
}

/** @throws {ConfigError} when the setting is absent; the message says which variable to set. */
export function required<T>(value: T | undefined, env: string, what: string): T {
  if (value === undefined) throw new ConfigError(`${env} is not set: ${what}`);
  return value;
}

function collectLeaves(node: z.ZodType, path: string[]): Leaf[] {
  if (node instanceof z.ZodObject) {
    return Object.entries(node.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
      collectLeaves(child, [...path, key]),
    );
  }
  const about = meta.get(node);
  if (!about) throw new Error(`setting ${path.join('.')} has no description`);
  const derived = `LICENSE_SYNC_${path.map(screaming).join('_')}`;
  return [{ path, env: about.env ?? derived, meta: about }];
}

function screaming(camel: string): string {
  return camel.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}

/** A mistyped setting would otherwise be ignored without a word. */
function unknownSettings(env: Record<string, string | undefined>): string[] {
  const known = new Set(leaves.map((leaf) => leaf.env));
  return Object.keys(env).filter((name) => name.startsWith('LICENSE_SYNC_') && !known.has(name) && env[name]?.trim());
}

function place(target: Record<string, unknown>, path: string[], value: unknown): void {
  const [head, ...rest] = path;
  if (head === undefined) return;
  if (rest.length === 0) {
    if (value !== undefined) target[head] = value;
    return;
  }
  target[head] ??= {};
  place(target[head] as Record<string, unknown>, rest, value);
}

function read(source: unknown, path: string[]): string | number | boolean | undefined {
  return path.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], source) as never;
}

function mask(value: string | number | boolean, secret: boolean | 'url'): string | number | boolean {
  if (secret === true) return '(set, hidden)';
  if (secret === 'url') return String(value).replace(/\/\/[^@/]*@/, '//***@');
  return value;
}

/** Whether Node knows the zone; Temporal, which runs the schedules, has a list of its own. */
export function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: zone }));
  } catch {
    return false;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
