/** The weekly reviews: a list of weeks, and the review of one as the server writes it. */
import '../forms/forms.css';
import './reviews.css';
import { useMemo } from 'preact/hooks';
import { useQuery } from '../data/query.js';
import { ReviewDocument, type ReviewQuery } from '../generated/graphql.js';
import { useParameter } from '../parts/address.js';
import { useTitle } from '../parts/title.js';
import { Answered, NoData } from '../states/states.js';
import { dayOf, zone } from '../time/format.js';
import { present } from '../time/range.js';
import { isWeek, latestWeeks } from './weeks.js';

/** How many weeks are listed. */
const LISTED = 13;

type Review = NonNullable<ReviewQuery['weeklyReview']>;

/** The content of a document; its own style is left behind, since that of the pages holds here. */
const bodyOf = (document: string): string => /<body>([\s\S]*)<\/body>/.exec(document)?.[1] ?? '';

function Week({ review, go }: { readonly review: Review; readonly go: (week: string) => void }) {
  const { week, previous, next, isOver, window: span, document: text, timeZone } = review;
  const body = useMemo(() => bodyOf(text), [text]);
  const isLast = Date.parse(span.to) >= present.value || !isOver;
  const search = timeZone === 'UTC' ? '' : `?timeZone=${encodeURIComponent(timeZone)}`;
  return (
    <>
      <div class="row week-head">
        <button type="button" onClick={() => go(previous)}>
          <span aria-hidden="true">←</span> {previous}
        </button>
        <button type="button" disabled={isLast} onClick={() => go(next)}>
          {next} <span aria-hidden="true">→</span>
        </button>
        <span class="soft">
          {dayOf(Date.parse(span.from))} to {dayOf(Date.parse(span.to))}, days of {timeZone}
          {!isOver && ', not over yet'}
        </span>
        <span class="at-end">
          <a href={`/reviews/${week}${search}`}>As a document</a>
        </span>
      </div>
      {/* The server writes it, and leaves no HTML of evidence in it. */}
      <article
        class="prose review-text"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
        tabIndex={0}
        aria-label={`The review of ${week}`}
        dangerouslySetInnerHTML={{ __html: body }}
      />
    </>
  );
}

function Picker({ week, go }: { readonly week: string; readonly go: (week: string) => void }) {
  const weeks = latestWeeks(present.value, LISTED);
  return (
    <nav class="weeks" aria-label="Weeks">
      <label class="field">
        <span>Any week</span>
        <input
          value={week}
          placeholder={weeks[0]}
          pattern="\d{4}-W\d{2}"
          onChange={({ currentTarget }) => {
            const text = currentTarget.value.trim().toUpperCase();
            if (text === '' || isWeek(text)) go(text);
          }}
        />
      </label>
      <ul class="week-list">
        {weeks.map((each, place) => {
          const isShown = each === week || (week === '' && place === 0);
          return (
            <li key={each}>
              <button
                type="button"
                class="quiet"
                aria-current={isShown ? 'true' : undefined}
                onClick={() => go(place === 0 ? '' : each)}
              >
                {each}
              </button>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** The page. */
export function ReviewsPage() {
  const [chosen, go] = useParameter('week');
  const week = isWeek(chosen) ? chosen : '';
  useTitle(week === '' ? 'Weekly review' : `Weekly review, ${week}`);
  const timeZone = zone.value === 'utc' ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone;
  const query = useQuery(ReviewDocument, { week: week === '' ? null : week, timeZone }, { subject: week });
  return (
    <>
      <div class="page-head">
        <h1>Weekly review</h1>
      </div>
      <div class="reviews">
        <Picker week={week} go={go} />
        <div>
          <Answered query={query} what="the review" lines={10}>
            {({ weeklyReview }) =>
              weeklyReview === null ? (
                <NoData title="There is no review of this week" />
              ) : (
                <Week review={weeklyReview} go={go} />
              )
            }
          </Answered>
        </div>
      </div>
    </>
  );
}
