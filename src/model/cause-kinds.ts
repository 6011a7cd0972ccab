/** The kinds of thing that a candidate blames. */
export const causeKinds = [
  'deployment',
  'config_change',
  'flag_change',
  'experiment',
  'failure',
  'circuit',
  'metric',
  /** A pod, an instance or a service on which evidence stands out. */
  'part',
  /** Nothing that was changed: traffic, a certificate, a provider, the network, a node, data from elsewhere. */
  'outside',
] as const;
/** What kind of thing a candidate blames. */
export type CauseKind = (typeof causeKinds)[number];
