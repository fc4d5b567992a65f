import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { createLog } from '../../log.ts';
import { sdkLogger } from '../../temporal/sdk-log.ts';

function logged(detailed = false) {
  const lines: string[] = [];
  const monitoring = { ...loadConfig({}).monitoring, enableDetailedLogging: detailed };
  const logger = sdkLogger(createLog({ monitoring }, 'worker', { write: (line) => lines.push(line) }));
  return { logger, said: () => lines.map((line) => JSON.parse(line)) };
}

describe("the SDK's logger", () => {
  it('writes through our log, under the names that it uses', () => {
    const { logger, said } = logged();
    logger.warn('Workflow code failed', {
      sdkComponent: 'workflow',
      namespace: 'default',
      taskQueue: 'license-sync',
      workflowId: 'license-sync',
      runId: 'r',
      workflowType: 'licenseSync',
      operationId: 'o',
      attempt: 3,
      error: ApplicationFailure.create({
        message: 'of owner@example.com',
        type: 'INTERNAL',
        details: [{ dba: 'Joe' }],
      }),
    });
    expect(said()).toMatchObject([
      {
        level: 'warn',
        msg: 'Workflow code failed',
        part: 'workflow',
        workflowId: 'license-sync',
        runId: 'r',
        workflow: 'licenseSync',
        operationId: 'o',
        tries: 3,
        err: { name: 'ApplicationFailure', type: 'INTERNAL', message: 'of [removed]' },
      },
    ]);
    expect(JSON.stringify(said())).not.toMatch(/Joe|namespace|taskQueue/);
  });

  it('lets no payload through', () => {
    const { logger, said } = logged();
    logger.error('odd', { payload: { data: 'Joe' }, list: ['Joe'], bytes: new Uint8Array([74]), plain: 1 });
    expect(said()).toMatchObject([{ plain: 1 }]);
    expect(JSON.stringify(said())).not.toMatch(/Joe|bytes/);
  });

  it('is as talkative as our log', () => {
    for (const detailed of [false, true]) {
      const { logger, said } = logged(detailed);
      logger.trace('never');
      logger.debug('details');
      logger.info('facts');
      expect(said().map(({ msg }) => msg)).toEqual(detailed ? ['details', 'facts'] : ['facts']);
    }
  });

  it('leaves out what steps and workflows say themselves', () => {
    const { logger, said } = logged(true);
    logger.warn('Activity failed', { error: new Error('x') });
    logger.debug('Workflow started', { workflowId: 'license-sync' });
    expect(said()).toEqual([]);
  });
});
