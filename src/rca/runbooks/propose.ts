/** Drafts a runbook from the evidence of an incident that none matches. */
import { stringify } from 'yaml';
import type { EvidenceStore } from '../../evidence/index.js';
import { parsePath } from '../../model/index.js';
import { readAlerts } from '../casebook.js';
import type { Incident, RecordedCandidate } from '../incident.js';

/** What a draft is made from. */
interface ProposalFacts {
  readonly incident: Incident;
  readonly alertNames: readonly string[];
  /** The candidate that was confirmed; the most likely one when absent. */
  readonly confirmed?: RecordedCandidate;
}

/** A name as a pattern that matches it alone. */
const exactly = (name: string): string => name.replace(/[*?]/g, '?');

/** Markdown that shows a text as it is. */
const plain = (text: string): string => text.replace(/[\\`*_{}[\]<>#|]/g, '\\$&').replace(/\s+/g, ' ');

function clauseOf({ causeKind, cause, component, metric }: RecordedCandidate) {
  const blamed = cause === undefined ? undefined : parsePath(cause);
  const change =
    blamed?.type === 'event' && /_change$|deployment|experiment/.test(blamed.kind) ? blamed.kind : undefined;
  return {
    ...(change === undefined ? { causes: [causeKind] } : { changes: [change] }),
    ...(component === undefined ? {} : { components: [exactly(component)] }),
    ...(metric === undefined ? {} : { metrics: [exactly(metric)] }),
  };
}

function frontMatter({ incident, alertNames }: ProposalFacts, blamed: RecordedCandidate | undefined): string {
  const alerts = alertNames.length === 0 ? [] : [{ alerts: alertNames.map(exactly) }];
  const match = [...(blamed === undefined ? [] : [clauseOf(blamed)]), ...alerts];
  const where = blamed?.service ?? incident.service ?? '';
  const seen = blamed?.supporting.map(({ sentence }) => sentence) ?? [];
  return stringify(
    {
      title: blamed?.title ?? incident.title,
      // An incident without alerts and candidates says nothing to match by but its own name.
      match: match.length === 0 ? [{ alerts: [exactly(incident.title)] }] : match,
      ...(where === '' ? {} : { services: [exactly(where)] }),
      severity: [incident.severity.toLowerCase()],
      evidence: seen.length === 0 ? [incident.title] : seen,
    },
    { lineWidth: 0 },
  );
}

function listOf(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${plain(sentence)}`).join('\n');
}

/**
 * A runbook as Markdown with front matter, made from what an incident shows: it is valid as it is, and matches the
 * incident. What people must add is said in its sections.
 */
export function runbookFrom(facts: ProposalFacts): string {
  const { incident, confirmed } = facts;
  const blamed = confirmed ?? incident.candidates[0];
  const against = blamed?.opposing.map(({ sentence }) => sentence) ?? [];
  const where = blamed?.service ?? incident.service;
  const at = where === undefined || where === '' ? 'the service' : plain(where);
  const status = confirmed === undefined ? 'most likely cause' : 'confirmed cause';
  return `---
${frontMatter(facts, blamed)}---

## Meaning

The ${status} of incident ${plain(incident.id)}: ${plain(blamed?.title ?? 'none was found')}. Say here in two
sentences what fails, and why it can.

## Impact

It was seen as ${plain(incident.title)} (${plain(incident.severity)})${incident.metric === undefined ? '' : ` on ${plain(incident.metric)}`}. Say here who notices, and what stops to work.

## Diagnosis

- [What changed before it](/queries/correlation/before-incident?incident={incident}&since={since})
- [What failed before the onset](/queries/correlation/failures-before?since={since}&spike={onset})
- [The evidence that the incident cites](/queries/incident/evidence?incident={incident})
${blamed === undefined ? '' : `\nIt was told from other causes by this:\n\n${listOf(blamed.supporting.map(({ sentence }) => sentence))}\n`}${against.length === 0 ? '' : `\nAgainst it spoke:\n\n${listOf(against)}\n`}
## Mitigation

1. ${mitigationOf(blamed, at)}
2. Write here what ended the incident, as commands that can be copied.
3. Confirm that the symptom is back at its baseline, and record what you did.
`;
}

/**
 * Drafts a runbook for an incident, from the candidate that was confirmed or else from the most likely one; fails as the
 * store does.
 */
export async function proposeRunbook(
  incident: Incident,
  store: EvidenceStore,
  confirmed?: RecordedCandidate,
): Promise<string> {
  const alerts = await readAlerts(store, incident.alerts);
  const alertNames = [...new Set(alerts.map(({ name }) => name))];
  return runbookFrom({ incident, alertNames, ...(confirmed === undefined ? {} : { confirmed }) });
}

function mitigationOf(blamed: RecordedCandidate | undefined, at: string): string {
  switch (blamed?.causeKind) {
    case 'deployment':
      return `Roll ${at} back to the version before.`;
    case 'config_change':
      return `Set the setting of ${at} back to its value before.`;
    case 'flag_change':
      return `Switch the flag of ${at} back.`;
    case 'experiment':
      return `End the experiment on ${at}.`;
    default:
      return `Relieve ${at}: shed load, scale out, or fail over.`;
  }
}
