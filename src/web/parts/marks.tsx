/** Marks of state: each has a shape and a word beside its colour. */
import type { HealthBand } from '../generated/graphql.js';

/** The tones that marks and badges have. */
export type Tone = 'good' | 'strained' | 'degraded' | 'bad' | 'unknown' | 'accent';

const bandTones = { GREEN: 'good', YELLOW: 'strained', ORANGE: 'degraded', RED: 'bad' } as const;
const bandWords = { GREEN: 'healthy', YELLOW: 'strained', ORANGE: 'degraded', RED: 'failing' } as const;

/** The tone of a band of health. */
export const toneOf = (band: HealthBand | null | undefined): Tone =>
  band == null ? 'unknown' : bandTones[band];

/** The word for a band of health. */
export const bandWord = (band: HealthBand | null | undefined): string =>
  band == null ? 'no data' : bandWords[band];

const SHAPES: Readonly<Record<Tone, string>> = {
  good: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Z',
  strained: 'M8 1.5 14.5 8 8 14.5 1.5 8Z',
  degraded: 'M8 2 15 14H1Z',
  bad: 'M2.5 2.5h11v11h-11Z',
  unknown: '',
  accent: 'M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z',
};

/** A shape for a tone: circle, diamond, triangle, square, and a broken ring where nothing is known. */
export function Mark({ tone }: { readonly tone: Tone }) {
  return (
    <svg class={`mark tone-${tone}`} viewBox="0 0 16 16" aria-hidden="true">
      {tone === 'unknown' ? (
        <circle
          cx="8"
          cy="8"
          r="5.5"
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          stroke-dasharray="3 2.3"
        />
      ) : (
        <path d={SHAPES[tone]} fill="currentColor" />
      )}
    </svg>
  );
}

/** A score of health with the mark and the word of its band. */
export function HealthMark({
  score,
  band,
  isShort = false,
}: {
  readonly score: number | null | undefined;
  readonly band: HealthBand | null | undefined;
  /** Leaves the word to those who cannot see the mark. */
  readonly isShort?: boolean;
}) {
  return (
    <span class="health">
      <Mark tone={toneOf(band)} />
      <b>{score == null ? '–' : Math.round(score)}</b>
      <span class={isShort ? 'hidden-text' : 'soft'}>{bandWord(band)}</span>
    </span>
  );
}

/** A word in a frame of its tone. */
export function Badge({ tone, word }: { readonly tone: Tone; readonly word: string }) {
  return (
    <span class={`badge tone-${tone}`}>
      <Mark tone={tone} />
      {word}
    </span>
  );
}

const severityTones: Readonly<Record<string, Tone>> = {
  critical: 'bad',
  page: 'bad',
  error: 'bad',
  high: 'bad',
  warning: 'strained',
  ticket: 'strained',
  info: 'accent',
};

/** How bad an incident or an alert is, in its sender's word. */
export function SeverityBadge({ severity }: { readonly severity: string }) {
  return <Badge tone={severityTones[severity.toLowerCase()] ?? 'unknown'} word={severity} />;
}

/** Whether an incident goes on. */
export function StateBadge({ state }: { readonly state: 'open' | 'resolved' }) {
  return <Badge tone={state === 'open' ? 'bad' : 'good'} word={state} />;
}

/** A bar of a share of the whole, 0..1, with no meaning that does not stand beside it as text. */
export function Bar({ share, tone }: { readonly share: number; readonly tone: Tone }) {
  return (
    <span class={`bar tone-${tone}`} aria-hidden="true">
      <span style={{ width: `${100 * Math.min(1, Math.max(0, share))}%` }} />
    </span>
  );
}
