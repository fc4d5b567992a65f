import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { type AskedOptions, resolveOptions, storedOptions } from '../../domain/sync-options.ts';

const config = loadConfig({});

describe('the flags of a sync', () => {
  it('are comprehensive and look for duplicates by default', () => {
    expect(resolveOptions(config, {})).toEqual({
      comprehensive: true,
      detectDuplicates: true,
      bidirectional: false,
      dryRun: false,
      partial: false,
      maxPages: null,
      status: null,
      dbaId: null,
    });
  });

  it.each([
    [{ dryRun: true }, 'LICENSE_SYNC_FEATURES_ENABLE_DRY_RUN_MODE'],
    [{ partial: true }, 'LICENSE_SYNC_FEATURES_ENABLE_PARTIAL_SYNC'],
    [{ bidirectional: true }, 'LICENSE_SYNC_FEATURES_ENABLE_BIDIRECTIONAL_SYNC'],
    [{}, 'LICENSE_SYNC_FEATURES_ENABLE_DUPLICATE_DETECTION'],
    [{}, 'LICENSE_SYNC_FEATURES_ENABLE_COMPREHENSIVE_SYNC'],
  ])('%j is refused with the name of the setting that switches it off', (asked, setting) => {
    const off = loadConfig({ [setting]: 'false' });
    expect(() => resolveOptions(off, asked)).toThrow(
      expect.objectContaining({ code: 'feature-disabled', message: expect.stringContaining(setting) }),
    );
  });

  it('ask for two ways where that is switched on, with a dry run and for a part too', () => {
    const on = loadConfig({ LICENSE_SYNC_FEATURES_ENABLE_BIDIRECTIONAL_SYNC: 'true' });
    for (const asked of [{}, { dryRun: true }, { partial: true, maxPages: 1 }]) {
      expect(resolveOptions(on, { ...asked, bidirectional: true })).toMatchObject({ ...asked, bidirectional: true });
    }
    expect(resolveOptions(on, {}).bidirectional).toBe(false);
  });

  it.each([
    [{ dryRun: true }],
    [{ comprehensive: false }],
    [{ partial: true }],
    [{ partial: true, dryRun: true, maxPages: 2, status: 0 as const, dbaId: 7 }],
  ])('%j goes', (asked) => {
    expect(resolveOptions(config, asked)).toMatchObject(asked);
  });

  it.each<[AskedOptions, string]>([
    [{ maxPages: 2 }, 'only together with partial=true'],
    [{ status: 0 }, 'only together with partial=true'],
    [{ dbaId: 1, partial: false }, 'only together with partial=true'],
    [{ partial: true, maxPages: 0 }, 'maxPages is'],
    [{ partial: true, maxPages: 1.5 }, 'maxPages is'],
    [{ partial: true, maxPages: '3' as unknown as number }, 'maxPages is'],
    [{ partial: true, status: 2 as unknown as 1 }, 'status is'],
    [{ partial: true, dbaId: 'A NAME' as unknown as number }, 'dbaId is'],
  ])('%j is refused: as no selection it would be a run over everything', (asked, why) => {
    expect(() => resolveOptions(config, asked)).toThrow(
      expect.objectContaining({ code: 'options-invalid', message: expect.stringContaining(why) }),
    );
  });

  it('that an older row lacks were not chosen', () => {
    expect(storedOptions('{"comprehensive":true}')).toMatchObject({ partial: false, maxPages: null, dbaId: null });
  });

  it('that are on by a default setting are checked too', () => {
    const bidirectional = loadConfig({ LICENSE_SYNC_SYNC_ENABLE_BIDIRECTIONAL_SYNC: 'true' });
    expect(() => resolveOptions(bidirectional, {})).toThrow(expect.objectContaining({ code: 'feature-disabled' }));
    expect(resolveOptions(bidirectional, { bidirectional: false }).bidirectional).toBe(false);
  });
});
