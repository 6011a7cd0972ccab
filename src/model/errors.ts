/**
 * Every coded error of Genchi with the HTTP status it has at a door. The table is the one place
 * where a code gets its status; each room has an error class of its own that takes its codes from here.
 */
export const errorStatus = {
  // config, app
  'bad-setting': 500,
  'data-folder-in-use': 500,
  'data-folder-foreign': 500,
  'data-folder-gone': 503,
  'address-unusable': 500,
  // cli
  'bad-usage': 400,
  'server-unreachable': 503,
  'server-refused': 502,
  'cause-not-first': 500,
  stopped: 500,
  'checks-failed': 500,
  internal: 500,
  // access
  unauthenticated: 401,
  forbidden: 403,
  'too-many-attempts': 429,
  'identity-unavailable': 503,
  // doors
  'bad-request': 400,
  'bad-item': 400,
  'bad-encoding': 400,
  'bad-snappy': 400,
  'bad-protobuf': 400,
  'bad-json': 400,
  'unsupported-media-type': 415,
  'body-too-large': 413,
  overloaded: 503,
  'not-ready': 503,
  conflict: 409,
  'not-found': 404,
  gone: 410,
  // evidence
  'store-failed': 500,
  'store-closed': 503,
  'store-full': 507,
  'store-read-only': 503,
  'store-memory': 503,
  'store-broken': 503,
  'store-damaged': 500,
  'archive-damaged': 500,
  'backup-failed': 500,
  'backup-damaged': 500,
  'backup-busy': 409,
  'archive-gone': 410,
  // log
  'log-inconsistent': 500,
  'log-differs': 500,
  'log-key-unusable': 500,
  'log-unproven': 404,
  'bad-proof': 400,
  // graph
  'query-malformed': 400,
  'runbook-malformed': 400,
  'query-too-complex': 400,
  'query-is-update': 403,
  'query-service-refused': 403,
  'query-endpoint-failed': 502,
  'query-unbounded': 422,
  'query-result-too-large': 422,
  'query-timeout': 503,
  'query-crashed': 422,
  'query-overloaded': 503,
  'not-acceptable': 406,
  'bad-file': 400,
  // analysis
  'too-many-events': 422,
  'too-many-points': 422,
  'bad-ontology': 500,
  'bad-signals': 500,
  'no-data': 422,
  'unknown-experiment': 404,
  'unknown-improvement': 404,
  // rca
  'unknown-incident': 404,
  'unknown-candidate': 404,
  'unknown-service': 404,
  'bad-window': 400,
  'template-malformed': 400,
} as const satisfies Record<string, number>;

/** One of the codes of {@link errorStatus}. */
export type ErrorCode = keyof typeof errorStatus;

/** One thing that was wrong with a request: which item of a batch, which field, what was expected. */
export interface Fault {
  /** Position in the batch, from 0; absent when the whole request is meant. */
  readonly item?: number;
  /** Path of the field inside the item, for example `labels.pod`. */
  readonly field?: string;
  /** What was expected, as a sentence for people. */
  readonly message: string;
}

/** The base of every error that Genchi throws on purpose: a code, a sentence for the user, a cause. */
export abstract class GenchiError<C extends ErrorCode = ErrorCode> extends Error {
  readonly code: C;
  /** The single things that were wrong, when there are several. */
  readonly faults: readonly Fault[];

  constructor(
    code: C,
    message: string,
    options: { readonly cause?: unknown; readonly faults?: readonly Fault[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.faults = options.faults ?? [];
  }

  /** The HTTP status of this error's code. */
  get status(): number {
    return errorStatus[this.code];
  }
}
