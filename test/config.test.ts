import { describe, expect, it } from 'vitest';
import { ConfigError, describeConfig, loadConfig, required } from '../config.ts';

const lines = describeConfig({});

function refusal(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the settings were accepted');
}

describe('loadConfig', () => {
  it('works without any setting', () => {
    const config = loadConfig({});
    expect(config.api.port).toBe(5001);
    expect(config.external.timezone).toBe('America/Chicago');
    expect(config.sync).toMatchObject({ batchSize: 100, concurrencyLimit: 5, maxRetries: 3, timeout: 300_000 });
    expect(config.circuit).toEqual({ failures: 5, halfOpenAfter: 60_000 });
  });

  it('binds to this machine alone unless told otherwise', () => {
    expect(loadConfig({}).api.host).toBe('127.0.0.1');
    expect(loadConfig({ HOST: '0.0.0.0' }).api.host).toBe('0.0.0.0');
  });

  it('has no default for the address of the License API', () => {
    expect(loadConfig({}).external.baseUrl).toBeUndefined();
    expect(loadConfig({ EXTERNAL_LICENSE_API_URL: '' }).external.baseUrl).toBeUndefined();
  });

  it('takes the name after the path, and the original names where there are some', () => {
    const config = loadConfig({
      EXTERNAL_LICENSE_API_URL: 'https://licenses.example.com',
      PORT: '8080',
      LICENSE_SYNC_SYNC_BATCH_SIZE: '250',
      LICENSE_SYNC_MONITORING_ALERT_THRESHOLDS_MAX_ERROR_RATE: '0.1',
    });
    expect(config.external.baseUrl).toBe('https://licenses.example.com');
    expect(config.api.port).toBe(8080);
    expect(config.sync.batchSize).toBe(250);
    expect(config.monitoring.alertThresholds.maxErrorRate).toBe(0.1);
  });

  it('takes an empty or blank variable for one that is not set', () => {
    const empty = Object.fromEntries(lines.map(({ env }, index) => [env, index % 2 === 0 ? '' : '  ']));
    expect(loadConfig(empty)).toEqual(loadConfig({}));
  });

  it.each(['true', 'TRUE', '1', 'yes', 'on'])('reads %s as yes', (text) => {
    expect(loadConfig({ LICENSE_SYNC_FEATURES_ENABLE_BIDIRECTIONAL_SYNC: text }).features.enableBidirectionalSync).toBe(
      true,
    );
  });

  it.each(['false', 'False', '0', 'no', 'off'])('reads %s as no', (text) => {
    expect(loadConfig({ LICENSE_SYNC_FEATURES_ENABLE_PARTIAL_SYNC: text }).features.enablePartialSync).toBe(false);
  });

  it.each([
    ['LICENSE_SYNC_SYNC_BATCH_SIZE', '1', '1000'],
    ['LICENSE_SYNC_EXTERNAL_PAGE_SIZE', '1', '100'],
    ['LICENSE_SYNC_EXTERNAL_TIMEOUT', '100', '600000'],
    ['LICENSE_SYNC_SYNC_CONTINUE_AS_NEW_AFTER', '100', '10000'],
    ['LICENSE_SYNC_DATABASE_POOL_SIZE', '2', '200'],
    ['PORT', '0', '65535'],
  ])('keeps %s between %s and %s', (env, min, max) => {
    const roomy = { LICENSE_SYNC_SYNC_TIMEOUT: '3600000' };
    expect(() => loadConfig({ ...roomy, [env]: min })).not.toThrow();
    expect(() => loadConfig({ ...roomy, [env]: max })).not.toThrow();
    for (const beyond of [String(Number(min) - 1), String(Number(max) + 1)]) {
      expect(refusal({ [env]: beyond })).toMatch(new RegExp(`^${env} is "${beyond}": `));
    }
  });

  it('refuses a step that is shorter than the calls it has to make', () => {
    expect(refusal({ LICENSE_SYNC_EXTERNAL_TIMEOUT: '60000' })).toContain('LICENSE_SYNC_SYNC_TIMEOUT is too short');
  });

  it('bounds every number by a whole smallest and largest value', () => {
    for (const { env, value } of lines.filter((line) => typeof line.value === 'number')) {
      expect(refusal({ [env]: '-1' }), env).toContain(env);
      expect(refusal({ [env]: '1e15' }), env).toContain(env);
      expect(refusal({ [env]: `${String(value)}x` }), env).toContain(env);
    }
  });

  it.each([
    ['EXTERNAL_LICENSE_API_URL', 'licenses.example.com'],
    ['EXTERNAL_LICENSE_API_URL', 'ftp://licenses.example.com'],
    ['EXTERNAL_LICENSE_API_TIMEZONE', 'Texas'],
    ['TEMPORAL_ADDRESS', 'http://localhost:7233'],
    ['LICENSE_SYNC_SYNC_TIMEOUT', '5 minutes'],
    ['LICENSE_SYNC_SYNC_BATCH_SIZE', '10.5'],
    ['LICENSE_SYNC_FEATURES_ENABLE_PARTIAL_SYNC', 'maybe'],
  ])('refuses %s=%s, naming it and what was given', (env, value) => {
    expect(refusal({ [env]: value })).toContain(`${env} is "${value}": `);
  });

  it('names every variable that is wrong, not only the first', () => {
    const message = refusal({ PORT: 'x', LICENSE_SYNC_SYNC_BATCH_SIZE: '0' });
    expect(message.split('\n')).toHaveLength(2);
    expect(message).toContain('PORT');
    expect(message).toContain('LICENSE_SYNC_SYNC_BATCH_SIZE');
  });

  it('never repeats a secret that cannot be used', () => {
    const message = refusal({ LICENSE_SYNC_API_TOKEN: 'hunter2', DATABASE_URL: 'postgres://root:hunter2@db/x' });
    expect(message).toContain('LICENSE_SYNC_API_TOKEN');
    expect(message).toContain('DATABASE_URL');
    expect(message).not.toContain('hunter2');
  });

  it('refuses a name that looks like a setting and is none', () => {
    expect(refusal({ LICENSE_SYNC_BATCHSIZE: '5' })).toContain('LICENSE_SYNC_BATCHSIZE is no setting');
    expect(() => loadConfig({ LICENSE_SYNC_BATCHSIZE: '', SOMETHING_ELSE: '1' })).not.toThrow();
  });

  it('cannot be changed afterwards', () => {
    const config = loadConfig({});
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.monitoring.alertThresholds)).toBe(true);
  });
});

describe('describeConfig', () => {
  it('says of every setting what it is, and of every span of time in which unit', () => {
    for (const { env, about, unit } of lines) {
      expect(about, env).toMatch(/\S/);
      if (/TIMEOUT|DELAY|INTERVAL|MAX_AGE|DURATION|HALF_OPEN_AFTER|GIVE_UP_AFTER/.test(env))
        expect(unit, env).toBe('ms');
      if (/DAYS$/.test(env)) expect(unit, env).toBe('days');
    }
    expect(new Set(lines.map(({ env }) => env)).size).toBe(lines.length);
  });

  it('tells where a value comes from', () => {
    const origins = Object.fromEntries(describeConfig({ PORT: '5002' }).map((line) => [line.env, line.origin]));
    expect(origins).toMatchObject({ PORT: 'environment', HOST: 'default', EXTERNAL_LICENSE_API_URL: 'unset' });
  });

  it('masks secrets, and shows where a database is without saying who asks', () => {
    const text = JSON.stringify(
      describeConfig({
        EXTERNAL_LICENSE_API_KEY: 'key-hunter2',
        LICENSE_SYNC_API_TOKEN: 'token-hunter2-hunter2',
        DATABASE_URL: 'mysql://root:hunter2@db.example.com:3306/licenses',
      }),
    );
    expect(text).not.toContain('hunter2');
    expect(text).toContain('mysql://***@db.example.com:3306/licenses');
  });
});

describe('required', () => {
  it('names the variable that is to be set', () => {
    expect(required('x', 'DATABASE_URL', 'the data')).toBe('x');
    expect(() => required(undefined, 'DATABASE_URL', 'the data')).toThrow('DATABASE_URL is not set: the data');
  });
});
