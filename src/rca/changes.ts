import type { EvidenceStore } from '../evidence/index.js';
import {
  type CauseKind,
  changeKinds,
  DAY_MS,
  type EventReceipt,
  type Instant,
  shift,
} from '../model/index.js';

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
  /** What its author says of it, with the files that it touches. */
  readonly message: string;
  /** The names and values that it alters, as far as it tells them beside its diff. */
  readonly altered: string;
  readonly diff?: string;
  /** The named value that it changes. */
  readonly value?: { readonly name: string; readonly from: string; readonly to: string };
  /** True of a commit of which only the merge is recorded: a later deployment has taken it along, or none. */
  readonly merged: boolean;
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

type Described = Pick<Change, 'causeKind' | 'phrase' | 'message' | 'altered' | 'diff' | 'value' | 'merged'>;

function describeDeployment(receipt: EventReceipt<'deployment'>): Described {
  const { action, version, diff, message = '' } = receipt;
  const merged = action === 'merged';
  const what =
    action === 'rolledback'
      ? 'rollback to'
      : action === 'removed'
        ? 'removal of'
        : merged
          ? 'commit'
          : 'deployment';
  return {
    causeKind: 'deployment',
    phrase: `${what} ${version}`,
    message,
    altered: '',
    ...(diff === undefined ? {} : { diff }),
    merged,
  };
}

function describeConfig(receipt: EventReceipt<'config_change'>): Described {
  const { key, fromValue, toValue, message = '' } = receipt;
  const values = toValue === undefined ? '' : ` from ${fromValue ?? 'unset'} to ${toValue}`;
  const known = fromValue !== undefined && toValue !== undefined;
  return {
    causeKind: 'config_change',
    phrase: `change of ${key}${values}`,
    message,
    altered: joined(key, fromValue, toValue),
    ...(known ? { value: { name: key, from: fromValue, to: toValue } } : {}),
    merged: false,
  };
}

function describe(receipt: ChangeReceipt): Described {
  switch (receipt.kind) {
    case 'deployment':
      return describeDeployment(receipt);
    case 'config_change':
      return describeConfig(receipt);
    case 'flag_change':
      return {
        causeKind: 'flag_change',
        phrase: `flag ${receipt.flag} from ${receipt.fromValue} to ${receipt.toValue}`,
        message: receipt.message ?? '',
        altered: receipt.flag,
        merged: false,
      };
    case 'experiment_started':
    case 'experiment_ended':
      return {
        causeKind: 'experiment',
        phrase: `${receipt.kind === 'experiment_started' ? 'start' : 'end'} of experiment ${receipt.experiment}`,
        message: receipt.hypothesis ?? '',
        altered: joined(receipt.experiment, receipt.metric),
        merged: false,
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
