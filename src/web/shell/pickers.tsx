/** How the reader likes pages: light or dark, local times or UTC. */
import { effect } from '@preact/signals';
import { storedChoice } from '../data/stored.js';
import { zone, zoneName } from '../time/format.js';

/** Light, dark, or as the system has it. */
export const theme = storedChoice('theme', ['system', 'light', 'dark']);

effect(() => {
  const { dataset } = document.documentElement;
  if (theme.value === 'system') delete dataset.theme;
  else dataset.theme = theme.value;
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
