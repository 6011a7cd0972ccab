import { confidenceIn, type Incident } from '../../rca/index.js';
import type { Family, Point } from './exposition.js';

/** How many open incidents have series of their own. */
const MOST_INCIDENTS = 100;

/** Titles are cut to this many characters. */
const TITLE_CHARACTERS = 120;

/** The series of the open incidents, of the newest 100; how many more there are is a figure of its own. */
export function incidentFamilies(open: readonly Incident[]): readonly Family[] {
  const newest = [...open].sort((one, other) => other.startsAt - one.startsAt).slice(0, MOST_INCIDENTS);
  const each = (name: string, help: string, points: readonly Point[]): Family => ({
    type: 'gauge',
    name,
    help,
    points,
  });
  const labelsOf = ({ id, service }: Incident) => ({ incident: id, service });
  return [
    each(
      'genchi_incident_start_timestamp_seconds',
      'When the first was seen of an incident that is open.',
      newest.map((incident) => ({
        labels: {
          ...labelsOf(incident),
          severity: incident.severity,
          title: incident.title.slice(0, TITLE_CHARACTERS),
        },
        value: incident.startsAt / 1_000,
      })),
    ),
    each(
      'genchi_incident_acknowledged',
      'Whether anybody has taken on an incident that is open: 1 or 0.',
      newest.map((incident) => ({
        labels: labelsOf(incident),
        value: incident.acknowledgements.length > 0 ? 1 : 0,
      })),
    ),
    each(
      'genchi_incident_top_candidate_confidence_ratio',
      'How often first candidates of such a score were right, 0 to 1; what is blamed is in the labels.',
      newest.flatMap(confidencePoints),
    ),
    each('genchi_incidents_left_out', 'Open incidents without series of their own, beyond the newest 100.', [
      { labels: {}, value: Math.max(0, open.length - MOST_INCIDENTS) },
    ]),
  ];
}

function confidencePoints({ id, service, candidates }: Incident): readonly Point[] {
  const [first] = candidates;
  const confidence = first === undefined ? undefined : confidenceIn(first);
  if (first === undefined || confidence === undefined) return [];
  const labels = { incident: id, service, cause_kind: first.causeKind, cause_service: first.service };
  return [{ labels, value: confidence.share }];
}
