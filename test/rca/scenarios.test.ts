import { describe, expect, it } from 'vitest';
import { firstHalf } from './scenarios/first-half.js';
import { play } from './scenarios/scenario.js';
import { secondHalf } from './scenarios/second-half.js';

describe.each([
  ['that the engine was mended by', firstHalf],
  ['that it was measured on first', secondHalf],
] as const)('outages %s', (_, scenarios) => {
  it.each(scenarios)('$name', async (scenario) => {
    const { blamed, analysis } = await play(scenario);
    const told = analysis.candidates
      .slice(0, 4)
      .map(
        ({ score, title, terms }) =>
          `${score} ${title} (${terms.map(({ name, value }) => `${name} ${value}`).join(', ')})`,
      );
    const out = analysis.rejected.map(({ title, rejected }) => `ruled out: ${title}: ${rejected}`);
    const right = blamed === scenario.cause;
    expect(right, [...told, ...out].join('\n')).toBe(scenario.unfound !== true);
  });
});
