/** Reads all receipts of a kind, a page at a time. */
import type { EventQuery, EvidenceStore } from '../evidence/index.js';
import type { EventKind, EventReceipt, Instant } from '../model/index.js';

/** How many receipts are read at once. */
export const PAGE = 5_000;

/** Reads every receipt of a kind within bounds, oldest first. */
export async function* every<K extends EventKind>(
  store: EvidenceStore,
  kind: K,
  bounds: Pick<EventQuery, 'window' | 'where'>,
): AsyncGenerator<Extract<EventReceipt, { kind: K }>> {
  let after: { readonly at: Instant; readonly id: EventReceipt['id'] } | undefined;
  for (;;) {
    const page: readonly EventReceipt[] = await store.events({
      ...bounds,
      kinds: [kind],
      order: 'oldest-first',
      limit: PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const event of page) if (isKind(event, kind)) yield event;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = { at: last.at, id: last.id };
  }
}

function isKind<K extends EventKind>(
  event: EventReceipt,
  kind: K,
): event is Extract<EventReceipt, { kind: K }> {
  return event.kind === kind;
}

/** What comes in turn, as a list. */
export async function gathered<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
