import type { EvidenceStore } from '../evidence/index.js';
import { changeKinds, DAY_MS, type EventReceipt, type Instant, shift } from '../model/index.js';
import type { CauseKind } from './analysis.js';

/** A deployment, a change of configuration or flags, or an experiment. */
export type ChangeReceipt = EventReceipt<(typeof changeKinds)[number]>;

/** How often changes like one were followed by an alert before. */
export interface ChangeHistory {
  readonly before: number;
  readonly followed: number;
}

/** A change with what it says of itself. */
export interface Change {
  readonly receipt: ChangeReceipt;
  readonly causeKind: CauseKind;
  /** What changed, as a phrase: `deployment 2.4.1`. */
  readonly phrase: string;
  /** Its own words: message, diff, key, flag, hypothesis. */
  readonly text: string;
  readonly history: ChangeHistory;
}

const HISTORY_MS = 30 * DAY_MS;
const MOST_CHANGES = 1_000;

function isChange(event: EventReceipt): event is ChangeReceipt {
  return (changeKinds as readonly string[]).includes(event.kind);
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n');
}

/** The lines that a diff adds or takes away; all of it when it is not a unified diff. */
function changedLines(diff: string | undefined): string | undefined {
  const lines = diff?.split('\n').filter((line) => /^[+-]/.test(line));
  return lines === undefined || lines.length === 0 ? diff : lines.join('\n');
}

type Described = Pick<Change, 'causeKind' | 'phrase' | 'text'>;

function describe(receipt: ChangeReceipt): Described {
  switch (receipt.kind) {
    case 'deployment':
      return {
        causeKind: 'deployment',
        phrase: `${receipt.action === 'rolledback' ? 'rollback to' : receipt.action === 'removed' ? 'removal of' : 'deployment'} ${receipt.version}`,
        text: joined(receipt.message, changedLines(receipt.diff)),
      };
    case 'config_change': {
      const { key, fromValue, toValue } = receipt;
      const values = toValue === undefined ? '' : ` from ${fromValue ?? 'unset'} to ${toValue}`;
      return {
        causeKind: 'config_change',
        phrase: `change of ${key}${values}`,
        text: joined(key, fromValue, toValue, receipt.message),
      };
    }
    case 'flag_change':
      return {
        causeKind: 'flag_change',
        phrase: `flag ${receipt.flag} from ${receipt.fromValue} to ${receipt.toValue}`,
        text: joined(receipt.flag, receipt.message),
      };
    case 'experiment_started':
    case 'experiment_ended':
      return {
        causeKind: 'experiment',
        phrase: `${receipt.kind === 'experiment_started' ? 'start' : 'end'} of experiment ${receipt.experiment}`,
        text: joined(receipt.experiment, receipt.metric, receipt.hypothesis),
      };
  }
}

function historyOf(
  receipt: ChangeReceipt,
  past: readonly ChangeReceipt[],
  alerts: readonly EventReceipt[],
  withinMs: number,
): ChangeHistory {
  const alike = past.filter(({ kind, service }) => kind === receipt.kind && service === receipt.service);
  const followed = alike.filter(({ at }) =>
    alerts.some((alert) => alert.service === receipt.service && alert.at > at && alert.at <= at + withinMs),
  );
  return { before: alike.length, followed: followed.length };
}

/** The changes, of any service, in the window before `until`, oldest first, with the fate of those like them before. */
export async function readChanges(
  store: EvidenceStore,
  until: Instant,
  windowMs: number,
): Promise<readonly Change[]> {
  const from = shift(until, -windowMs);
  const found = await store.events({
    kinds: changeKinds,
    window: { from, to: shift(until, 1) },
    order: 'newest-first',
    limit: MOST_CHANGES,
  });
  const receipts = found.filter(isChange).toReversed();
  const services = [...new Set(receipts.flatMap(({ service }) => service ?? []))];
  const history = { services, window: { from: shift(from, -HISTORY_MS), to: from }, limit: MOST_CHANGES };
  const newest = { ...history, order: 'newest-first' } as const;
  const past = services.length === 0 ? [] : await store.events({ ...newest, kinds: changeKinds });
  const alerts = past.length === 0 ? [] : await store.events({ ...newest, kinds: ['alert_fired'] });
  return receipts.map((receipt) => ({
    receipt,
    ...describe(receipt),
    history: historyOf(receipt, past.filter(isChange), alerts, windowMs),
  }));
}
