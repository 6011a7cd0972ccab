import { type EventReceipt, HOUR_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../model/index.js';
import type { Argument } from '../analysis.js';
import type { Claim } from './postmortem.js';

/** A sentence that rests on these receipts; on `otherwise`, the record that states it, where it names none itself. */
export function claim(sentence: string, cites: readonly (string | undefined)[], otherwise: string): Claim {
  const known = cites.flatMap((path) => path ?? []);
  const [first = otherwise, ...rest] = [...new Set(known)];
  return { sentence, cites: [first, ...rest] };
}

/** The sentences of an analysis, each resting on its receipts or else on the record in which it stands. */
export function claimsOf(sentences: readonly Argument[], record: string): readonly Claim[] {
  return sentences.map(({ sentence, cites }) => claim(sentence, cites, record));
}

/** A length of time for a sentence: `45 s`, `12 min`, `3 h 20 min`. */
export function duration(ms: number): string {
  const size = Math.max(0, ms);
  if (size < 2 * MINUTE_MS) return `${Math.round(size / SECOND_MS)} s`;
  if (size < 2 * HOUR_MS) return `${Math.round(size / MINUTE_MS)} min`;
  const minutes = Math.round(size / MINUTE_MS);
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

/** A time for a sentence: `2026-01-02 03:04:05 UTC`. */
export function dayTime(at: Instant): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** A text as the end of a sentence: with one full stop, and on one line. */
export function ended(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}

/** Who a receipt of a person's doing names; nobody has to say who they are. */
export function personOf({ author }: { readonly author: string | undefined }): string {
  return author ?? 'someone who gave no name';
}

const of = (service: string | undefined): string => (service === undefined ? '' : ` of ${service}`);

/** What an event was, as a phrase for the timeline: `Deployment 2.4.1 of checkout`. */
export function phraseOf(event: EventReceipt): string {
  switch (event.kind) {
    case 'deployment': {
      const { action, version, service } = event;
      const what =
        action === 'rolledback' ? 'Rollback to' : action === 'removed' ? 'Removal of' : 'Deployment';
      return `${what} ${version}${of(service)}`;
    }
    case 'config_change': {
      const { key, fromValue, toValue, service } = event;
      const values =
        fromValue === undefined || toValue === undefined ? '' : ` from ${fromValue} to ${toValue}`;
      return `Change of ${key}${values}${of(service)}`;
    }
    case 'flag_change':
      return `Flag ${event.flag} from ${event.fromValue} to ${event.toValue}${of(event.service)}`;
    case 'experiment_started':
      return `Experiment ${event.experiment} started${of(event.service)}`;
    case 'experiment_ended':
      return `Experiment ${event.experiment} ended${of(event.service)}`;
    case 'failure':
      return `${event.component}${of(event.service)} failed: ${event.reason}`;
    case 'circuit_opened':
      return `The circuit ${event.component}${of(event.service)} opened`;
    case 'circuit_closed':
      return `The circuit ${event.component}${of(event.service)} closed`;
    case 'alert_fired':
      return `Alert ${event.name}${of(event.service)} fired (${event.severity})`;
    case 'alert_cleared':
      return `Alert ${event.name}${of(event.service)} was cleared`;
    default:
      return `${event.kind.replaceAll('_', ' ')}${of(event.service)}`;
  }
}
