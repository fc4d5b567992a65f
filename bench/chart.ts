/** The runs of several measurements as one SVG: microseconds per record, stacked by phase, readable on light and on dark. */
import type { Measurement } from './measure.ts';
import type { RunFigures } from './run.ts';

/** Colours that are told apart also by those who see few (Okabe and Ito, 2008), in the order of the phases. */
const COLOURS: Record<string, string> = {
  begin: '#999999',
  fetch: '#0072b2',
  mirror: '#56b4e9',
  analyse: '#e69f00',
  plan: '#f0e442',
  guard: '#888888',
  apply: '#009e73',
  push: '#d55e00',
  report: '#cc79a7',
};
const OTHER = '#666666';
const WIDTH = 860;
const LEFT = 190;
const RIGHT = 110;
const ROW = 26;
const BAR = 18;
const TOP = 64;

/** @returns a whole SVG document. */
export function chartOf(measurements: readonly Measurement[]): string {
  const bars = measurements.flatMap((measurement) =>
    [measurement.first, measurement.unchanged, measurement.edited].map((run) => barOf(measurement, run)),
  );
  const most = Math.max(...bars.map(({ total }) => total));
  const scale = (WIDTH - LEFT - RIGHT) / most;
  const phases = [...new Set(bars.flatMap(({ parts }) => parts.map(({ phase }) => phase)))].filter((phase) =>
    bars.some(({ parts }) => parts.some((part) => part.phase === phase && part.us * scale >= 1)),
  );
  const height = TOP + bars.length * ROW + 16;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Microseconds per record by phase">
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f; }
  .bold { font-weight: 600; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }
</style>
<text class="bold" x="8" y="20">Microseconds per record, by phase</text>
${legend(phases)}
${bars.map((bar, index) => drawn(bar, TOP + index * ROW, scale)).join('\n')}
</svg>
`;
}

interface Bar {
  label: string;
  total: number;
  /** Microseconds per record. */
  parts: { phase: string; us: number }[];
}

function barOf({ records, edits }: Measurement, run: RunFigures): Bar {
  const name = run.name === 'edited' ? `${short(edits)} edited` : run.name;
  return {
    label: `${short(records)}, ${name}`,
    total: (run.wallMs * 1000) / records,
    parts: run.phases.map(({ phase, ms }) => ({ phase, us: (ms * 1000) / records })),
  };
}

function drawn({ label, total, parts }: Bar, y: number, scale: number): string {
  let x = LEFT;
  const boxes = parts.map(({ phase, us }) => {
    const width = us * scale;
    const box = `<rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${COLOURS[phase] ?? OTHER}"><title>${phase}: ${us.toFixed(0)} µs</title></rect>`;
    x += width;
    return box;
  });
  return [
    `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${label}</text>`,
    ...boxes,
    `<text x="${(LEFT + total * scale + 6).toFixed(1)}" y="${y + 14}">${total.toFixed(0)} µs</text>`,
  ].join('');
}

function legend(phases: readonly string[]): string {
  return phases
    .map((phase, index) => {
      const x = LEFT + index * 82;
      return `<rect x="${x}" y="34" width="12" height="12" fill="${COLOURS[phase] ?? OTHER}"/><text x="${x + 17}" y="45">${phase}</text>`;
    })
    .join('\n');
}

function short(count: number): string {
  return count >= 1_000_000 ? `${count / 1_000_000}M` : count >= 1000 ? `${count / 1000}k` : String(count);
}
