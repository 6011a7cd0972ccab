/** The header: where to go, what span of time is shown, and how things stand between page and server. */
import { Link, useLocation } from 'wouter-preact';
import { pages } from '../pages.js';
import { ConnectionMark } from './connection-mark.js';
import { openFinder } from './finder.js';
import { ThemePicker, ZonePicker } from './pickers.js';
import { RangePicker } from './range-picker.js';
import { Reader } from './reader.js';

function Navigation() {
  const [location] = useLocation();
  return (
    <nav aria-label="Pages">
      <ul>
        {pages.map(({ path, nav }) =>
          nav === undefined ? null : (
            <li key={path}>
              <Link href={path} aria-current={isWithin(location, path) ? 'page' : undefined}>
                {nav.label}
              </Link>
            </li>
          ),
        )}
      </ul>
    </nav>
  );
}

const isWithin = (location: string, path: string): boolean =>
  path === '/' ? location === '/' : location === path || location.startsWith(`${path}/`);

/** The header of every page. */
export function Header() {
  return (
    <header class="top">
      <Link href="/" class="brand" aria-label="Genchi, overview">
        <svg width="18" height="18" viewBox="0 0 16 16" aria-hidden="true">
          <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" stroke-width="2" />
          <circle cx="8" cy="8" r="2.5" fill="currentColor" />
        </svg>
        Genchi
      </Link>
      <Navigation />
      <div class="tools">
        <button type="button" class="search" onClick={openFinder}>
          <span>Search</span> <kbd>/</kbd>
          <span class="hidden-text">for services, incidents and runbooks</span>
        </button>
        <RangePicker />
        <ZonePicker />
        <ThemePicker />
        <ConnectionMark />
        <Reader />
      </div>
    </header>
  );
}
