/** docker-compose.yml, Dockerfile, .dockerignore and .env.example say the same as the program they run. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { describeConfig, loadConfig } from '../config.ts';
import { GIVE_BACK_WITHIN_MS } from '../temporal/worker.ts';
import { projectFile } from './support/processes.ts';

interface Service {
  image: string;
  build?: string;
  command?: string[];
  container_name?: string;
  environment?: Record<string, string>;
  ports?: string[];
  restart?: string;
  healthcheck?: { disable?: boolean; test?: string[]; interval?: string };
  cpus?: number;
  mem_limit?: string;
  stop_grace_period?: string;
  depends_on?: Record<string, { condition: string }>;
  profiles?: string[];
}

const read = (path: string) => readFileSync(projectFile(path), 'utf8');
const text = read('docker-compose.yml');
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
const entries = Object.entries(services);
const ours = entries.filter(([, { build }]) => build !== undefined);
const known = new Set(describeConfig({}).map(({ env }) => env));
/** `.env.example`, with something in every place that has to be filled. */
const filled: Record<string, string> = Object.fromEntries(
  [...read('.env.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value]) => [
    name,
    value || (name.endsWith('_URL') ? 'http://licenses.example.com' : 'abcdefghijklmnopqrstuvwx'),
  ]),
);

/** As compose does it: `${NAME:-default}` and `${NAME:?what to do}`. */
function interpolate(value: string, env: Record<string, string>): string {
  return value.replace(/\$\{([A-Z_]+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    if (env[name]) return env[name];
    if (kind === '?') throw new Error(`${name}: ${rest}`);
    return rest;
  });
}

const environmentOf = ({ environment = {} }: Service, env: Record<string, string>) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, interpolate(value, env)]));

describe('docker-compose.yml', () => {
  it('gives its own programs only settings that they know, with values that they take', () => {
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'worker', 'simulator']);
    for (const [name, service] of ours) {
      const unknown = Object.keys(service.environment ?? {}).filter((variable) => !known.has(variable));
      expect(unknown, name).toEqual([]);
      expect(() => loadConfig(environmentOf(service, filled)), name).not.toThrow();
    }
  });

  it('starts nothing without an address of the License API, a token and passwords, and says so', () => {
    for (const name of [
      'EXTERNAL_LICENSE_API_URL',
      'LICENSE_SYNC_API_TOKEN',
      'MYSQL_ROOT_PASSWORD',
      'DATABASE_PASSWORD',
      'TEMPORAL_DATABASE_PASSWORD',
    ]) {
      const without = { ...filled, [name]: '' };
      expect(() => entries.map(([, service]) => environmentOf(service, without)), name).toThrow(`${name}: set`);
    }
  });

  it('asks for nothing that neither .env.example nor the settings name, and .env.example for nothing else', () => {
    const asked = new Set([...text.matchAll(/\$\{([A-Z_]+)/g)].map(([, name = '']) => name));
    expect([...asked].filter((name) => !(name in filled) && !known.has(name))).toEqual([]);
    expect(Object.keys(filled).filter((name) => !asked.has(name))).toEqual([]);
  });

  it('names every image with a version', () => {
    for (const [name, { image }] of entries) expect(image, name).toMatch(/^[a-z/-]+:v?\d+\.\d+(\.\d+)?$/);
    expect(read('Dockerfile').match(/^FROM .*/gm)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^FROM node:24\.\d+\.\d+-bookworm-slim/)]),
    );
  });

  it('can run many workers, and shows ports to this machine alone', () => {
    expect(services.worker).not.toHaveProperty('ports');
    for (const [name, service] of entries) {
      expect(service, name).not.toHaveProperty('container_name');
      for (const port of service.ports ?? []) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    }
  });

  it('starts again what should run always, and waits for what has to be done before', () => {
    const lasting = entries.filter(([, { restart }]) => restart === 'unless-stopped').map(([name]) => name);
    expect(lasting).toEqual([
      'mysql',
      'temporal',
      'temporal-ui',
      'api',
      'worker',
      'simulator',
      'prometheus',
      'grafana',
    ]);
    for (const name of ['api', 'worker']) {
      expect(services[name]?.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } });
    }
    for (const [name, { depends_on: needs = {} }] of entries) {
      for (const [needed, { condition }] of Object.entries(needs)) {
        const lasts = lasting.includes(needed);
        expect(condition, `${name} on ${needed}`).toBe(lasts ? 'service_healthy' : 'service_completed_successfully');
      }
    }
  });

  it('asks the API for its health, and of the programs without a port nothing', () => {
    const asked = ours.filter(([, { healthcheck }]) => !healthcheck?.disable).map(([name]) => name);
    expect(asked).toEqual(['api']);
    expect(read('Dockerfile')).toMatch(/^HEALTHCHECK [^\n]*\\\n[^\n]*\/livez/m);
  });
});

describe('docker-compose.yml in production', () => {
  const { drain } = loadConfig({});
  const graceOf = (name: string) => Number.parseInt(services[name]?.stop_grace_period ?? '0', 10) * 1000;

  it('bounds memory and processors of every service', () => {
    for (const [name, { cpus, mem_limit: memory }] of entries) {
      expect(cpus, name).toBeGreaterThan(0);
      expect(memory, name).toMatch(/^\d+[mg]$/);
    }
  });

  it('kills nothing that still drains', () => {
    const slackMs = 5000;
    expect(graceOf('api')).toBeGreaterThanOrEqual(drain.unreadyFor + drain.requestsWithin + slackMs);
    expect(graceOf('worker')).toBeGreaterThanOrEqual(drain.stepsWithin + GIVE_BACK_WITHIN_MS + slackMs);
  });

  it('notices an API that drains before its connections are refused', () => {
    const { test = [], interval } = services.api?.healthcheck ?? {};
    expect(test.join(' ')).toContain('/readyz');
    expect(Number.parseInt(interval ?? '', 10) * 1000).toBeLessThanOrEqual(drain.unreadyFor);
  });

  it('runs its own programs as somebody who is not root', () => {
    const dockerfile = read('Dockerfile');
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile.indexOf('\nUSER node')).toBeGreaterThan(dockerfile.lastIndexOf('\nRUN '));
    for (const [name, service] of ours) expect(service, name).not.toHaveProperty('user');
  });
});

describe('the image', () => {
  const copied = [...read('.dockerignore').matchAll(/^!(.+)$/gm)].map(([, path = '']) => path);
  const isCopied = (file: string) => copied.some((path) => file === path || file.startsWith(`${path}/`));
  const packages = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };

  it('gets no secrets, no tests and no data', () => {
    expect(read('.dockerignore')).toMatch(/^\*$/m);
    expect(copied.filter((path) => !existsSync(projectFile(path)))).toEqual([]);
    for (const path of ['.env', '.git', 'node_modules', 'test', '.data', '.cache']) expect(isCopied(path)).toBe(false);
  });

  it('has every file and package that its programs import', () => {
    const seen = new Set<string>();
    const queue = [
      'server.ts',
      'worker.ts',
      'cli/main.ts',
      'temporal/bundle-main.ts',
      'workflows/index.ts',
      'upstream/simulator/main.ts',
    ];
    const missing: string[] = [];
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      if (seen.has(file)) continue;
      seen.add(file);
      if (!isCopied(file)) missing.push(file);
      for (const [, name = ''] of read(file).matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'/gm)) {
        if (name.startsWith('.')) queue.push(normalize(join(dirname(file), name)));
        else if (!name.startsWith('node:') && !(packageOf(name) in packages.dependencies)) missing.push(name);
      }
    }
    expect(missing).toEqual([]);
    expect(seen.size).toBeGreaterThan(100);
  });
});

function packageOf(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
