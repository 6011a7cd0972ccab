/** Colours of the stylesheet for what is drawn on a canvas. */

const probe = document.createElement('span');

/** The colour that a custom property stands for now, as a canvas takes it. */
export function colourOf(property: string): string {
  if (!probe.isConnected) {
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${property})`;
  return getComputedStyle(probe).color;
}

/** How many colours lines have before they come again. */
export const SERIES_COLOURS = 8;

/** The custom property of the colour of a line, by its place. */
export const seriesColour = (place: number): string => `--series-${(place % SERIES_COLOURS) + 1}`;
