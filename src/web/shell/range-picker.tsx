/** Chooses the span of time that a page shows. */
import { useRef } from 'preact/hooks';
import { useSearchParams } from 'wouter-preact';
import { timeOf } from '../time/format.js';
import { rangeIn, type Span, spans, withRange } from '../time/range.js';

const WORDS: Readonly<Record<Span, string>> = {
  '15m': 'Last 15 min',
  '1h': 'Last hour',
  '3h': 'Last 3 hours',
  '6h': 'Last 6 hours',
  '12h': 'Last 12 hours',
  '24h': 'Last 24 hours',
  '2d': 'Last 2 days',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
};

const names = Object.keys(spans) as readonly Span[];

/** What a field for local dates and times reads and writes; it has no zone, so it is the browser's. */
function fieldTime(at: number): string {
  const local = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

interface FixedProps {
  readonly from: number;
  readonly to: number;
  readonly choose: (from: number, to: number) => void;
  readonly close: () => void;
}

function FixedRange({ from, to, choose, close }: FixedProps) {
  return (
    <form
      method="dialog"
      onSubmit={(event) => {
        event.preventDefault();
        const fields = new FormData(event.currentTarget);
        const [start, end] = [Date.parse(String(fields.get('from'))), Date.parse(String(fields.get('to')))];
        if (start < end) choose(start, end);
      }}
    >
      <h2>Fixed times</h2>
      <p class="soft small">In this browser's zone. The address then names them in UTC.</p>
      <div class="filters">
        <label>
          <span>From</span>
          <input name="from" type="datetime-local" required defaultValue={fieldTime(from)} />
        </label>
        <label>
          <span>To</span>
          <input name="to" type="datetime-local" required defaultValue={fieldTime(to)} />
        </label>
      </div>
      <div class="row">
        <button type="submit" class="primary">
          Show
        </button>
        <button type="button" onClick={close}>
          Cancel
        </button>
      </div>
    </form>
  );
}

/** A choice of spans up to now, and of fixed times. */
export function RangePicker() {
  const [search, setSearch] = useSearchParams();
  const dialog = useRef<HTMLDialogElement>(null);
  const range = rangeIn(search);
  const fixed = range !== undefined && range.last === undefined ? range : undefined;
  const choose = (from: number, to: number): void => {
    setSearch(withRange(search, { from, to }));
    dialog.current?.close();
  };
  return (
    <>
      <select
        aria-label="Time range"
        value={fixed === undefined ? (range?.last ?? '') : 'fixed'}
        onChange={({ currentTarget }) => {
          const span = names.find((name) => name === currentTarget.value);
          if (span !== undefined) setSearch(withRange(search, span));
          else if (currentTarget.value === 'choose') dialog.current?.showModal();
          currentTarget.value = fixed === undefined ? (range?.last ?? '') : 'fixed';
        }}
      >
        {range === undefined && <option value="">Usual times</option>}
        {fixed !== undefined && (
          <option value="fixed">
            {timeOf(fixed.from)} – {timeOf(fixed.to)}
          </option>
        )}
        {names.map((name) => (
          <option key={name} value={name}>
            {WORDS[name]}
          </option>
        ))}
        <option value="choose">Fixed times …</option>
      </select>
      <dialog ref={dialog} aria-label="Fixed times">
        <FixedRange
          from={fixed?.from ?? Date.now() - spans['3h']}
          to={fixed?.to ?? Date.now()}
          choose={choose}
          close={() => dialog.current?.close()}
        />
      </dialog>
    </>
  );
}
