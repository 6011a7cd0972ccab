/** What a part of a page shows when it does not show its data: waiting, failed, empty, without data, incomplete. */
import type { ComponentChildren } from 'preact';
import type { Problem } from '../data/problem.js';
import type { Query } from '../data/query.js';

/** Nothing is there yet; lines stand for what is to come. */
export function Waiting({ what, lines = 3 }: { readonly what: string; readonly lines?: number }) {
  return (
    <div class="waiting" role="status">
      <span class="hidden-text" style={{ width: '1px', height: '1px' }}>
        Loading {what} …
      </span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} aria-hidden="true" />
      ))}
    </div>
  );
}

/** A question was not answered: why, and how to try again. */
export function ProblemBox({ problem, retry }: { readonly problem: Problem; readonly retry?: () => void }) {
  return (
    <div class="state-box problem" role="alert">
      <strong>
        <span aria-hidden="true">✕</span> {problem.title}
      </strong>
      {problem.detail}
      {retry !== undefined && (
        <div class="acts">
          <button type="button" onClick={retry}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}

/** Everything was looked at, and there is none. */
export function Empty({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="state-box">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

/** Nothing was measured, which is never good news. */
export function NoData({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="state-box">
      <strong>
        <svg class="mark tone-unknown" viewBox="0 0 16 16" aria-hidden="true">
          <circle
            cx="8"
            cy="8"
            r="6"
            fill="none"
            stroke="currentColor"
            stroke-width="2"
            stroke-dasharray="3 2.3"
          />
        </svg>
        {title}
      </strong>
      {children}
    </div>
  );
}

/** Some of an answer is missing: which parts, and why. */
export function Partial({ problems }: { readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <div class="partial" role="status">
      <strong>Incomplete.</strong>
      <span>
        {problems.map(({ title, detail }) => (
          <span key={title + detail}>
            {title}: {detail}{' '}
          </span>
        ))}
      </span>
    </div>
  );
}

/** Shows the answer to a question, or what stands in its place until there is one. */
export function Answered<T>({
  query,
  what,
  lines,
  children,
}: {
  readonly query: Query<T>;
  /** What is waited for, in words. */
  readonly what: string;
  readonly lines?: number;
  readonly children: (data: T) => ComponentChildren;
}) {
  const { data, problem, partial, reload } = query;
  return (
    <>
      {problem !== undefined && <ProblemBox problem={problem} retry={reload} />}
      <Partial problems={partial} />
      {data !== undefined && children(data)}
      {data === undefined && problem === undefined && (
        <Waiting what={what} {...(lines === undefined ? {} : { lines })} />
      )}
    </>
  );
}
