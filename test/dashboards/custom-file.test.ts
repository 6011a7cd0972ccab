import { describe, expect, it } from 'vitest';
import { parseCustomDashboard } from '../../src/dashboards/index.js';

const panels = 'panels:\n  - title: Depth\n    query: kanban_queue_depth\n';

describe('parseCustomDashboard', () => {
  it('fills in what a file leaves out', () => {
    const read = parseCustomDashboard('a.yaml', `title: Mine\n${panels}`);
    expect(read).toMatchObject({ title: 'Mine', time_range: '6h' });
    expect(read.panels).toEqual([
      { title: 'Depth', query: 'kanban_queue_depth', panel_type: 'graph', width: 12, height: 8 },
    ]);
  });

  it.each([
    ['a key that there is none of', `title: Mine\n${panels}    colour: red\n`, /^a\.yaml:5: .*colour/],
    ['a panel without a query', 'title: Mine\npanels:\n  - title: Depth\n', /^a\.yaml:3: panels\.0\.query: /],
    [
      'an unknown type of panel',
      `title: Mine\n${panels}    panel_type: pie\n`,
      /^a\.yaml:5: panels\.0\.panel_type: /,
    ],
    [
      'a range that is none',
      `title: Mine\ntime_range: long\n${panels}`,
      /^a\.yaml:2: time_range: expected a number/,
    ],
    [
      'max below min',
      `title: Mine\n${panels}    min: 5\n    max: 1\n`,
      /^a\.yaml:6: panels\.0\.max: expected more/,
    ],
    ['no panels', 'title: Mine\npanels: []\n', /^a\.yaml:2: panels: expected at least one panel/],
    ['no YAML', 'title: [\n', /^a\.yaml:\d: /],
    ['nothing', '', /^a\.yaml:1: /],
  ])('refuses %s, by file and line', (_, source, message) => {
    expect(() => parseCustomDashboard('a.yaml', source)).toThrow(message);
  });
});
