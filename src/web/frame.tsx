/** The frame of every page: header, navigation, keyboard, and the page that the address names. */
import type { ComponentChildren, ComponentType } from 'preact';
import { useEffect, useErrorBoundary, useRef, useState } from 'preact/hooks';
import { Route, Switch, useLocation } from 'wouter-preact';
import { problemIn } from './data/problem.js';
import { type Page, type PageParams, pages } from './pages.js';
import { Foot } from './shell/foot.js';
import { Header } from './shell/header.js';
import { Keyboard } from './shell/keyboard.js';
import { StaleBar } from './shell/stale-bar.js';
import { ProblemBox, Waiting } from './states/states.js';

const loaded = new Map<Page, ComponentType<PageParams>>();

async function fetched(page: Page): Promise<void> {
  if (!loaded.has(page)) loaded.set(page, await page.load());
}

/** How long after the first page the code of those that are likely next is fetched. */
const IDLE_MS = 1_500;

/** Fetches code ahead; what fails now is fetched again when it is needed, and tells why then. */
function fetchLikely(): void {
  for (const page of pages) if (page.isLikely === true) fetched(page).catch(() => undefined);
}

/** Shows a page once its code is there. */
function Loaded({ page, params }: { readonly page: Page; readonly params: PageParams }) {
  const [, show] = useState(0);
  const [problem, setProblem] = useState<unknown>();
  useEffect(() => {
    if (loaded.has(page)) return;
    fetched(page).then(() => show((times) => times + 1), setProblem);
  }, [page]);
  const Component = loaded.get(page);
  if (problem !== undefined) return <ProblemBox problem={problemIn(problem)} />;
  return Component === undefined ? <Waiting what="the page" /> : <Component {...params} />;
}

function NotFound() {
  return (
    <ProblemBox
      problem={{
        title: 'There is no such page',
        detail: 'The address may be cut off, or of another version.',
      }}
    />
  );
}

/** Says what failed in the place of a page that did, so that the way to other pages stays. */
function Guarded({ children }: { readonly children: ComponentChildren }) {
  const [location] = useLocation();
  const [error, reset] = useErrorBoundary();
  const failedAt = useRef(location);
  useEffect(() => {
    if (error !== undefined && failedAt.current !== location) reset();
    failedAt.current = location;
  }, [error, location, reset]);
  return error === undefined ? children : <ProblemBox problem={problemIn(error)} />;
}

/** Moves the focus to a page that was gone to, as a browser does after a link. */
function useFocusOnArrival() {
  const [location] = useLocation();
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  // Each arrival at another address.
  useEffect(() => {
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      window.scrollTo(0, 0);
    }
    first.current = false;
  }, [location]);
  return main;
}

/** The whole of it. */
export function Frame() {
  const main = useFocusOnArrival();
  useEffect(() => {
    const timer = setTimeout(fetchLikely, IDLE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <a class="skip button" href="#main">
        Skip to the page
      </a>
      <Header />
      <StaleBar />
      <main class="page" id="main" tabIndex={-1} ref={main}>
        <Guarded>
          <Switch>
            {pages.map((page) => (
              <Route key={page.path} path={page.path}>
                {(params: PageParams) => <Loaded page={page} params={params} />}
              </Route>
            ))}
            <Route>
              <NotFound />
            </Route>
          </Switch>
        </Guarded>
      </main>
      <Foot />
      <Keyboard />
    </>
  );
}
