import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config.ts';
import { resolveOptions } from '../../domain/sync-options.ts';

const config = loadConfig({});

describe('the flags of a sync', () => {
  it('are comprehensive and nothing else by default', () => {
    expect(resolveOptions(config, {})).toEqual({
      comprehensive: true,
      detectDuplicates: false,
      bidirectional: false,
      dryRun: false,
      partial: false,
    });
  });

  it.each([
    [{ dryRun: true }, 'LICENSE_SYNC_FEATURES_ENABLE_DRY_RUN_MODE'],
    [{ partial: true }, 'LICENSE_SYNC_FEATURES_ENABLE_PARTIAL_SYNC'],
    [{ bidirectional: true }, 'LICENSE_SYNC_FEATURES_ENABLE_BIDIRECTIONAL_SYNC'],
    [{}, 'LICENSE_SYNC_FEATURES_ENABLE_COMPREHENSIVE_SYNC'],
  ])('%j is refused with the name of the setting that switches it off', (asked, setting) => {
    const off = loadConfig({ [setting]: 'false' });
    expect(() => resolveOptions(off, asked)).toThrow(
      expect.objectContaining({ code: 'feature-disabled', message: expect.stringContaining(setting) }),
    );
  });

  it.each([
    [{ dryRun: true }, 'dryRun=true'],
    [{ partial: true }, 'partial=true'],
    [{ detectDuplicates: true }, 'detectDuplicates=true'],
    [{ comprehensive: false }, 'comprehensive=false'],
  ])('%j is refused as not built, so that nobody takes another run for it', (asked, flag) => {
    expect(() => resolveOptions(config, asked)).toThrow(
      expect.objectContaining({ code: 'not-implemented', message: expect.stringContaining(flag) }),
    );
  });

  it('that are on by a default setting are checked too', () => {
    const bidirectional = loadConfig({ LICENSE_SYNC_SYNC_ENABLE_BIDIRECTIONAL_SYNC: 'true' });
    expect(() => resolveOptions(bidirectional, {})).toThrow(expect.objectContaining({ code: 'feature-disabled' }));
    expect(resolveOptions(bidirectional, { bidirectional: false }).bidirectional).toBe(false);
  });
});
