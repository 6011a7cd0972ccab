/** What is done with the query of the editor: run, explain, cancel, share. */
import { useEffect, useState } from 'preact/hooks';
import { useParameter } from '../parts/address.js';
import { durationOf } from '../time/format.js';

const DEADLINES_MS = [1_000, 5_000, 10_000, 30_000, 60_000];

/** How long a query has been running, a tenth of a second at a time. */
function Elapsed({ deadlineMs }: { readonly deadlineMs: number | undefined }) {
  const [startedMs] = useState(() => performance.now());
  const [nowMs, setNow] = useState(startedMs);
  useEffect(() => {
    const timer = setInterval(() => setNow(performance.now()), 100);
    return () => clearInterval(timer);
  }, []);
  const seconds = ((nowMs - startedMs) / 1_000).toFixed(1);
  return (
    <span class="soft">
      {seconds} s{deadlineMs !== undefined && ` of ${durationOf(deadlineMs)}`}
    </span>
  );
}

function Share() {
  const [said, say] = useState('');
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(window.location.href).then(
      () => say('The link is copied.'),
      () => say('The link is in the address of this page.'),
    );
    setTimeout(() => say(''), 3_000);
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        Copy link
      </button>
      <span role="status" class="soft small">
        {said}
      </span>
    </>
  );
}

/** The deadline that is asked for, in milliseconds; undefined for the server's own. */
export function useDeadline(): number | undefined {
  const [chosen] = useParameter('timeout');
  const timeoutMs = Number(chosen);
  return timeoutMs > 0 ? timeoutMs : undefined;
}

function DeadlinePicker({ mostMs }: { readonly mostMs: number | undefined }) {
  const [chosen, choose] = useParameter('timeout');
  return (
    <label class="deadline">
      <span>Deadline</span>
      <select value={chosen} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        <option value="">{mostMs === undefined ? "the server's" : durationOf(mostMs)}</option>
        {DEADLINES_MS.filter((each) => mostMs === undefined || each < mostMs).map((each) => (
          <option key={each} value={String(each)}>
            {durationOf(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The buttons below the editor. */
export function RunBar({
  isRunning,
  mostMs,
  run,
  explain,
  cancel,
}: {
  readonly isRunning: boolean;
  /** The server's own deadline, in milliseconds. */
  readonly mostMs: number | undefined;
  readonly run: () => void;
  readonly explain: () => void;
  readonly cancel: () => void;
}) {
  const deadlineMs = useDeadline() ?? mostMs;
  return (
    <div class="run-bar">
      {isRunning ? (
        <button type="button" class="primary" onClick={cancel}>
          Cancel
        </button>
      ) : (
        <button type="button" class="primary" onClick={run} aria-keyshortcuts="Control+Enter">
          Run <kbd>Ctrl ↵</kbd>
        </button>
      )}
      <button type="button" onClick={explain} disabled={isRunning}>
        Explain
      </button>
      <Share />
      {isRunning && <Elapsed deadlineMs={deadlineMs} />}
      <span class="at-end">
        <DeadlinePicker mostMs={mostMs} />
        <a class="button quiet" href="/graphql">
          GraphiQL
        </a>
      </span>
    </div>
  );
}
