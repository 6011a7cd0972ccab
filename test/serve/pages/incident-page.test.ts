import { expect, it } from 'vitest';
import { incidentPage } from '../../../src/serve/pages/incident-page.js';
import { incident } from '../graphql/scene.js';

it('unfolds the evidence of the first three candidates only, and drafts where no runbook matches', () => {
  const [candidate] = incident.candidates;
  if (candidate === undefined) throw new TypeError('the incident has a candidate');
  const candidates = [1, 2, 3, 4, 5].map((rank) => ({ ...candidate, rank }));
  const shown = { ...incident, candidates, rejected: [] };
  const text = String(incidentPage(shown, [], [], { matches: [], unasked: ['It was not asked.'] }).text);
  expect(text.split('<summary>Its evidence and its score')).toHaveLength(3);
  expect(text).toContain('genchi runbooks propose');
  expect(text).toContain('It was not asked.');
});
