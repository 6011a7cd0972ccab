/** `Findings`: what an analysis found, whether it was asked for just now or is the latest one of an incident. */
import {
  type Analysis,
  type Incident,
  type RecordedCandidate,
  toldWhy,
  verdictsOn,
} from '../../rca/index.js';
import { builder } from './builder.js';
import { CandidateType, type ShownCandidate } from './candidates.js';
import { WhyStep, whySteps } from './whys.js';

/** An incident and an analysis tell the same of what was found. */
type Found = Analysis | Incident;

const isAnalysis = (found: Found): found is Analysis => 'question' in found;

/** Candidates with what people said of them. */
function judged(incident: Incident, candidates: readonly RecordedCandidate[]): ShownCandidate[] {
  return candidates.map((one) => ({ ...one, verdicts: verdictsOn(incident, one) }));
}

/** What the fields of `Findings` are, for {@link Analysis} and {@link Incident}. */
export const Findings = builder.interfaceRef<Found>('Findings').implement({
  description: 'What an analysis found: ranked causes, why they are so, and what was missing.',
  resolveType: (found) => (isAnalysis(found) ? 'Analysis' : 'Incident'),
  fields: (t) => ({
    onsetAt: t.expose('onsetAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the symptom began; null when no lasting change of it was found.',
    }),
    candidates: t.field({
      type: [CandidateType],
      description: 'Possible causes, the most likely first.',
      resolve: (found) => (isAnalysis(found) ? [...found.candidates] : judged(found, found.candidates)),
    }),
    rejected: t.field({
      type: [CandidateType],
      description: 'Candidates that something ruled out.',
      resolve: (found) => (isAnalysis(found) ? [...found.rejected] : judged(found, found.rejected)),
    }),
    whys: t.field({
      type: [WhyStep],
      description: 'The Five Whys from the symptom down, as far as evidence goes.',
      resolve: (found, _, { deps }) =>
        whySteps(isAnalysis(found) ? toldWhy(found.why, deps.iris) : found.why),
    }),
    missing: t.stringList({
      description: 'What evidence would be needed, where there is not enough.',
      resolve: ({ missing }) => [...missing],
    }),
  }),
});
