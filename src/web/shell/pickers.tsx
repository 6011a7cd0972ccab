/** How the reader likes pages: light or dark, local times or UTC. */
import { effect } from '@preact/signals';
import { storedChoice } from '../data/stored.js';
import { zone, zoneName } from '../time/format.js';

/** Light, dark, or as the system has it. */
export const theme = storedChoice('theme', ['system', 'light', 'dark']);

/** How long documents, which have no script, know the choice: as long as browsers keep a cookie. */
const COOKIE_SECONDS = 400 * 24 * 3_600;

effect(() => {
  const { dataset } = document.documentElement;
  const isOwn = theme.value !== 'system';
  if (isOwn) dataset.theme = theme.value;
  else delete dataset.theme;
  // biome-ignore lint/suspicious/noDocumentCookie: the store of cookies needs a secure origin, which loopback by name is not
  document.cookie = `theme=${isOwn ? theme.value : ''}; path=/; samesite=lax; max-age=${isOwn ? COOKIE_SECONDS : 0}`;
});

const themes = ['system', 'light', 'dark'] as const;

/** Chooses the theme. */
export function ThemePicker() {
  return (
    <select
      aria-label="Theme"
      value={theme.value}
      onChange={({ currentTarget: { value } }) => {
        theme.value = themes.find((one) => one === value) ?? 'system';
      }}
    >
      <option value="system">Auto</option>
      <option value="light">Light</option>
      <option value="dark">Dark</option>
    </select>
  );
}

/** Switches between local times and UTC. */
export function ZonePicker() {
  const isUtc = zone.value === 'utc';
  return (
    <button
      type="button"
      class="quiet"
      aria-pressed={isUtc}
      title={`Times are in ${zoneName()}; switch`}
      onClick={() => {
        zone.value = isUtc ? 'local' : 'utc';
      }}
    >
      {isUtc ? 'UTC' : 'Local'}
      <span class="hidden-text"> times</span>
    </button>
  );
}
