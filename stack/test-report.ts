/** What a test run came to. */
export interface TestCount {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of vitest's JSON report that is counted. */
interface VitestReport {
  testResults: { name: string; status: string; message?: string; assertionResults: { status: string }[] }[];
}

/**
 * Counts vitest's JSON report. A file that failed without a failed test (it did not load, or a hook failed) counts as one failed test.
 * @param report null when vitest wrote none
 * @param exitCode vitest's own: an error outside any test shows only there, and counts as one failed test
 */
export function countTests(report: unknown, exitCode: number): TestCount {
  const files = (report as VitestReport | null)?.testResults ?? [];
  const count: TestCount = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const statuses = file.assertionResults.map(({ status }) => status);
    const failed = statuses.filter((status) => status === 'failed').length;
    count.passed += statuses.filter((status) => status === 'passed').length;
    count.failed += file.status === 'failed' && failed === 0 ? 1 : failed;
    count.skipped += statuses.filter((status) => status !== 'passed' && status !== 'failed').length;
  }
  if (exitCode !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

/** The last line of `npm test`. Skipped tests are never left out of it. */
export function countLine({ passed, failed, skipped }: TestCount): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
