/** What to do about objectives that are missed, burn their budget, or cannot be judged. */
import { pathOf, pathOfEvent } from '../../model/index.js';
import type { BurnStatus, SloStatus } from '../slo/status.js';
import { type Findings, figure, lasting, seriesPaths, servicePath, things, whereOf } from './findings.js';
import type { Proposal } from './recommendation.js';

type Head = Pick<Proposal, 'subject' | 'evidence'> & Partial<Pick<Proposal, 'service' | 'metric'>>;

function headOf({ slo }: SloStatus, { seriesOf }: Findings): Head {
  const { service, metric = slo.badMetric ?? slo.goodMetric ?? slo.totalMetric } = slo;
  const series = metric === undefined ? [] : seriesOf(metric, service).slice(0, 4);
  return {
    subject: slo.slo,
    ...(service === undefined ? {} : { service }),
    ...(metric === undefined ? {} : { metric }),
    evidence: things([
      pathOf({ type: 'slo', name: slo.slo }),
      pathOfEvent(slo),
      ...seriesPaths(series),
      ...servicePath(service),
    ]),
  };
}

/** The most urgent rule that fires; rules are in the order of their urgency. */
const burning = ({ burns }: SloStatus): BurnStatus | undefined => burns.find(({ firing }) => firing === true);

function burningProposal(status: SloStatus, { rule, long }: BurnStatus, findings: Findings): Proposal {
  const rate = long.rate ?? rule.factor;
  const { leftPercent } = status.budget;
  const left = leftPercent === undefined ? '' : `; ${figure(leftPercent)} % of the budget is left`;
  return {
    ...headOf(status, findings),
    source: 'slo-burning',
    priority: rule.urgency === 'page' ? 1 : 2,
    title: `${status.slo.slo} burns its error budget ${figure(rate)} times as fast as it may, over ${lasting(rule.longMs)}${left}`,
    action:
      'Stop what burns it: open the incident, take back the latest change of the service, or shed load.',
    effort: 'small',
    expectedGainPercent: rate <= 1 ? 0 : (1 - 1 / rate) * 100,
    gainBasis: 'The share of the failing minutes or events that has to go for the budget to last its window.',
  };
}

function missedProposal(status: SloStatus, findings: Findings): Proposal {
  const { attainmentPercent = 100, objectivePercent, slo, coverage } = status;
  const [bad, allowed] = [100 - attainmentPercent, 100 - objectivePercent];
  return {
    ...headOf(status, findings),
    source: 'slo-missed',
    priority: 2,
    title: `${slo.slo} of ${whereOf(slo.service)} was met for ${figure(attainmentPercent)} % of its window, not ${figure(objectivePercent)} % (${figure(coverage * 100)} % of the window has data)`,
    action:
      'Find what the failing times have in common and mend it; where the objective is out of reach, phase it from what is attained.',
    effort: 'large',
    expectedGainPercent: bad <= 0 ? 0 : ((bad - allowed) / bad) * 100,
    gainBasis: 'The share of the failing minutes or events that is over what the objective allows.',
  };
}

function unknownProposal(status: SloStatus, findings: Findings): Proposal {
  const { slo, coverage } = status;
  return {
    ...headOf(status, findings),
    source: 'slo-unknown',
    priority: 3,
    title: `${slo.slo} of ${whereOf(slo.service)} cannot be judged: ${figure(coverage * 100)} % of its window has data`,
    action:
      'See that its metric is measured and sent without gaps, under the name and the service that the objective has.',
    effort: 'small',
    expectedGainPercent: (1 - coverage) * 100,
    gainBasis: 'The share of its window that would have data.',
  };
}

function proposalOf(status: SloStatus, findings: Findings): Proposal | undefined {
  const burns = burning(status);
  if (burns !== undefined) return burningProposal(status, burns, findings);
  switch (status.state) {
    case 'missed':
      return missedProposal(status, findings);
    case 'unknown':
      return unknownProposal(status, findings);
    case 'met':
      return undefined;
  }
}

/** What objectives ask for; one that burns is told of as burning alone. */
export function fromSlos(findings: Findings): readonly Proposal[] {
  return findings.statuses.flatMap((status) => proposalOf(status, findings) ?? []);
}
