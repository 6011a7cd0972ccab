/** Says across the whole page that what it shows may no longer be so. */
import { connection, staleSince } from '../data/live.js';
import { agoOf, clockOf } from '../time/format.js';
import { present } from '../time/range.js';

/** Nothing while the connection holds. */
export function StaleBar() {
  const since = staleSince.value;
  if (connection.value !== 'broken' || since === undefined) return null;
  return (
    <div class="stale-bar">
      <strong>Stale since {clockOf(since, true)}.</strong>
      <span>
        The connection to the server broke {agoOf(since, Math.max(since, present.value))}; what is shown may
        have changed. Trying again by itself.
      </span>
    </div>
  );
}
