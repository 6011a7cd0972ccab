/** Actions that the evidence proposes; who takes them on, and until when, people say. */
import type { Runbook } from '../../graph/index.js';
import { pathOf } from '../../model/index.js';
import { claim, ended } from './claim.js';
import type { Factors } from './factors.js';
import type { Facts } from './facts.js';
import type { Action, ActionKind, Claim } from './postmortem.js';

/** What is done for good, from the section `Afterwards` of a runbook: its paragraphs and the items of its lists. */
export function afterwardsOf({ markdown }: Pick<Runbook, 'markdown'>): readonly string[] {
  const section = /^##\s+Afterwards\s*$([\s\S]*?)(?=^##\s|(?![\s\S]))/m.exec(markdown)?.[1] ?? '';
  return section
    .split(/\n\s*\n|\n(?=\s*(?:[-*]|\d+[.)])\s)/)
    .map((part) =>
      part
        .replace(/^\s*(?:[-*]|\d+[.)])\s+/, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter((part) => part !== '' && !part.startsWith('```'));
}

const action = (kind: ActionKind, told: Claim): Action => ({ kind, claim: told });

function ofRunbooks({ runbooks, record, incident }: Facts): readonly Action[] {
  const known = runbooks.matches.flatMap(({ runbook }) => runbook ?? []);
  if (known.length === 0) {
    const sentence = `Write a runbook for it; \`genchi runbooks propose ${incident.id}\` drafts one.`;
    return [action('mitigate', claim(sentence, [], record))];
  }
  return known.slice(0, 3).flatMap((runbook) => {
    const path = pathOf({ type: 'runbook', name: runbook.name });
    return afterwardsOf(runbook).map((text) =>
      action('prevent', claim(`As the runbook ${runbook.name} says: ${ended(text)}`, [path], path)),
    );
  });
}

/** Every change that may have contributed wants to be looked at, and what let it through. */
function ofChanges({ factors }: Factors): readonly Action[] {
  return factors.flatMap(({ lead }) => {
    if (lead?.cause === undefined) return [];
    const sentence = `Review this, and what would have caught it earlier: ${ended(lead.title)}`;
    return [action('prevent', claim(sentence, [lead.cause, lead.receipt], lead.receipt))];
  });
}

/** The part of a sentence that says what evidence is needed. */
function neededIn(sentence: string): string | undefined {
  return /Needed: (.+)$/s.exec(sentence)?.[1];
}

function ofMissing({ incident, record }: Facts): readonly Action[] {
  const needed = incident.missing.flatMap((sentence) => neededIn(sentence) ?? []);
  return needed.map((text) => action('learn', claim(`Record what was missing: ${ended(text)}`, [], record)));
}

function ofDetection({ incident, sources, record }: Facts): readonly Action[] {
  const { onsetAt, startsAt, metric, service, alerts } = incident;
  const { target } = sources.detection;
  if (onsetAt === undefined || target === undefined || startsAt - onsetAt <= target) return [];
  const what = metric === undefined ? 'what was first seen' : `${metric} of ${service}`;
  const cites = [...(incident.why?.cites ?? []).slice(0, 1), ...alerts.slice(0, 1)];
  return [action('detect', claim(`Alert on ${what} earlier.`, cites, record))];
}

function ofObjectives({ incident, sources, record }: Facts): readonly Action[] {
  const { service } = incident;
  if (service === undefined) return [];
  if (sources.graph.slos().some((slo) => slo.service === service)) return [];
  const path = pathOf({ type: 'service', name: service });
  return [action('detect', claim(`Define an objective for ${service}.`, [path], record))];
}

/** Where people named no cause and evidence several, somebody has to judge. */
function ofVerdict({ incident, record }: Facts): readonly Action[] {
  if (incident.verdicts.length > 0 || incident.candidates.length === 0) return [];
  const cites = incident.candidates.slice(0, 1).map(({ receipt }) => receipt);
  return [
    action(
      'learn',
      claim('Confirm or reject the candidates, so that later analyses learn from it.', cites, record),
    ),
  ];
}

const ORDER: readonly ActionKind[] = ['mitigate', 'prevent', 'detect', 'learn'];

/** The actions that the evidence proposes, by what they are for. */
export function actionsOf(facts: Facts, factors: Factors): readonly Action[] {
  return [
    ...ofRunbooks(facts),
    ...ofChanges(factors),
    ...ofDetection(facts),
    ...ofObjectives(facts),
    ...ofMissing(facts),
    ...ofVerdict(facts),
  ].toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}
