/** When the page asks again what is connected: at what the server tells, and while something is waited for. */
import { useEffect } from 'preact/hooks';
import { onChanges } from '../data/live.js';
import type { Query } from '../data/query.js';
import type { ConnectedQuery } from '../generated/graphql.js';
import { isWaiting } from './connected.js';
import { pauseBefore } from './pause.js';

/**
 * Asks again at every change that the server tells of, and by the clock only while the page is seen and a way is still
 * waited for: nothing is told of the first samples of a sender before they were judged.
 */
export function useFreshness({ data, reload }: Query<ConnectedQuery>): void {
  const isSomeWaiting = data === undefined || isWaiting(data.connections);
  useEffect(() => onChanges(reload), [reload]);
  useEffect(() => {
    const since = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = (): void => {
      const pause = pauseBefore(performance.now() - since, isSomeWaiting);
      if (pause === undefined) return;
      timer = setTimeout(() => {
        if (!document.hidden) reload();
        next();
      }, pause);
    };
    next();
    return () => clearTimeout(timer);
  }, [reload, isSomeWaiting]);
}
