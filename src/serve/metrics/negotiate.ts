import type { Format } from './exposition.js';

const OPEN = 'application/openmetrics-text';

interface Range {
  readonly type: string;
  readonly version: string | undefined;
  readonly quality: number;
}

function rangeOf(text: string): Range {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const parameter = (name: string) =>
    parameters.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
  const quality = Number(parameter('q') ?? 1);
  return { type, version: parameter('version'), quality: Number.isFinite(quality) ? quality : 0 };
}

/**
 * The form that an Accept header asks for: OpenMetrics where it is named, in version 1.0.0 or none, and nothing else is
 * liked better; the classic format for everyone else, whatever they accept, as exporters do.
 */
export function formatFor(accept: string | undefined): Format {
  const ranges = (accept ?? '').split(',').map(rangeOf);
  const best = (those: readonly Range[]): number => Math.max(0, ...those.map(({ quality }) => quality));
  const open = best(
    ranges.filter(({ type, version }) => type === OPEN && (version === undefined || version === '1.0.0')),
  );
  const others = best(ranges.filter(({ type }) => type !== OPEN));
  return open > 0 && open >= others ? 'open' : 'classic';
}
