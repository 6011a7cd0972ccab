/** The kinds of events that only Genchi itself records: what it found, and what people said of that through it. */
import { type KindSpec, may, must } from './kind-spec.js';

/** What Genchi found, and what people said of it. */
export const ownKinds = {
  /** An incident was opened, updated or resolved; the latest receipt of an incident is its state. */
  incident: {
    internal: true,
    classes: ['IncidentRecord'],
    fields: {
      /** The incident's id; its IRI is /id/incident/ID. */
      incident: must('text'),
      /** open or resolved. */
      state: must('text'),
      title: must('text'),
      severity: must('text'),
      metric: may('text'),
      /** The first time anything was seen of it. */
      startsAt: must('instant'),
      /** The earliest onset that the analysis found. */
      onsetAt: may('instant'),
      endsAt: may('instant'),
      runbookUrl: may('text'),
      /** Up to when that analysis looked at evidence. */
      evidenceUntil: may('instant'),
      /** Which analysis its current candidates come from, from 0 (none yet). */
      analysis: must('integer'),
      /** The alerts that belong to it. */
      cites: must('receipts'),
      /** Sentences on what is missing, when there is not enough evidence. */
      missing: may('json'),
      /** Who said that it is over, and what they said of it, where no alert told. */
      author: may('text'),
      message: may('text'),
    },
  },
  /** A possible cause of an incident, as one analysis ranked it. The receipt's service is where the cause lies. */
  candidate: {
    internal: true,
    classes: ['Candidate'],
    fields: {
      incident: must('text'),
      analysis: must('integer'),
      /** 1 is the most likely; rejected candidates are ranked after the others. */
      rank: must('integer'),
      /** 0..1. */
      score: must('number'),
      rejected: must('boolean'),
      /** deployment, config_change, flag_change, experiment, failure, metric, dependency … */
      causeKind: must('text'),
      title: must('text'),
      component: may('text'),
      correlatedMetric: may('text'),
      metricChangePercent: may('number'),
      onsetAt: may('instant'),
      /** The receipt of the change or failure that is blamed. */
      cause: may('receipt'),
      /** The commit that is blamed, where the change names one. */
      commit: may('text'),
      /** What is usually done first about such a cause: rollback, restore-value, scale-out … */
      remedy: may('text'),
      /** Every receipt that it cites. */
      cites: must('receipts'),
      /** Terms of the score, evidence for and against, as the analysis wrote them. */
      reasoning: must('json'),
    },
  },
  /** A step of a why chain: what an analysis answered to "why?" asked of the step above it. */
  why: {
    internal: true,
    classes: ['WhyStep'],
    fields: {
      incident: must('text'),
      analysis: must('integer'),
      /** `0` the problem, `1` the first answer to it, `1.2` the second answer to that one. */
      place: must('text'),
      /** felt, waiting, workers, failing, load, resource, change or diff. */
      stepKind: must('text'),
      sentence: must('text'),
      /** The step that it explains; the problem itself has none. */
      explains: may('receipt'),
      onsetAt: may('instant'),
      /** The SPARQL query that finds its receipts. */
      query: may('text'),
      /** Why the chain stops here, where it does, and the evidence that would lead further. */
      reason: may('text'),
      needed: may('text'),
      cites: must('receipts'),
    },
  },
  /** A person took an incident on. */
  acknowledgement: {
    internal: true,
    classes: ['Acknowledgement'],
    fields: { incident: must('text'), author: may('text'), message: may('text') },
  },
  /**
   * What a person says the cause of an incident was. The receipt's service is where the cause lay, where another cause
   * than a candidate is named.
   */
  verdict: {
    internal: true,
    classes: ['Verdict'],
    fields: {
      incident: must('text'),
      /** confirmed, rejected, or other for a cause that was no candidate. */
      judgement: must('text'),
      /** The candidate that is confirmed or rejected. */
      judges: may('receipt'),
      /** What sort of cause the other one was, and what it was. */
      causeKind: may('text'),
      title: may('text'),
      component: may('text'),
      author: may('text'),
      message: may('text'),
    },
  },
  /** A post-mortem was published: its text as it stood, and every receipt that it cites. */
  postmortem: {
    internal: true,
    classes: ['Postmortem'],
    fields: {
      incident: must('text'),
      title: must('text'),
      /** The whole document, as Markdown. */
      markdown: must('text'),
      author: may('text'),
      cites: must('receipts'),
    },
  },
  /** Somebody acted on Genchi or on what it holds, or was kept from it; never what they showed to come in. */
  audit: {
    internal: true,
    classes: ['AuditRecord'],
    fields: {
      /** The name of a token, a subject, a user; `anyone` where nobody is asked. */
      actor: must('text'),
      /** token, oidc, basic, nobody, or `folder` for who acted on the data folder itself. */
      actorMethod: must('text'),
      /** A mutation of GraphQL, a method with its route, `token.created`, `token.revoked`, `login` … */
      action: must('text'),
      /** What it was done to, by its id or name. */
      actedOn: may('text'),
      /** done, refused or failed. */
      outcome: must('text'),
      /** Why not, as the code of the error. */
      reason: may('text'),
      /** Where the request came from. */
      address: may('text'),
      /** What came of it, in words. */
      message: may('text'),
      /** For how many refused acts it stands; absent where it stands for itself. */
      folded: may('integer'),
    },
  },
  /** Receipts that are older than a rule keeps them were moved to a file of the archive. */
  archive: {
    internal: true,
    classes: ['Archive'],
    fields: {
      /** The Parquet file, below the data folder. */
      file: must('text'),
      /** SHA-256 of the file, as hexadecimal digits. */
      sha256: must('text'),
      /** What is in it: sample, or a kind of events. */
      archivedKind: must('text'),
      /** From when, and until before when, it holds what was there. */
      since: must('instant'),
      until: must('instant'),
      receipts: must('integer'),
      bytes: must('integer'),
      /** The rule by which they went. */
      reason: must('text'),
    },
  },
} as const satisfies Record<string, KindSpec>;
