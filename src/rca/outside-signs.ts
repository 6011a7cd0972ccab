/**
 * Causes that no change of one's own brings about, and the words by which run-times, libraries and platforms tell of
 * them. General knowledge of the field; nothing is fitted.
 */
import type { Remedy } from './analysis.js';

/** A sort of cause from outside. */
export interface OutsideSort {
  readonly name: string;
  /** What is blamed, for people. */
  readonly title: string;
  /** Words of failures, logs and alerts that tell of it; undefined where only metrics can. */
  readonly words: RegExp;
  /** How clearly these words say that nothing was changed, 0..1: an expired certificate says it outright. */
  readonly clearness: number;
  /** Metrics of it, by words of their names. */
  readonly metrics?: RegExp;
  readonly remedy: Remedy;
}

/** The sorts that words tell; the first that a text fits counts. */
export const outsideSorts: readonly OutsideSort[] = [
  {
    name: 'certificate',
    title: 'A certificate expired',
    words:
      /certificate (has |is )?(expired|not yet valid)|cert\w* .{0,40}(has |is )?expired|x509: .*expired|cert_has_expired|notafter/i,
    clearness: 1,
    metrics: /(cert|certificate|tls|ssl).*(expir|until|remaining|valid|days|seconds)/i,
    remedy: 'renew-certificate',
  },
  {
    name: 'credential',
    title: 'A credential or licence expired',
    words:
      /(token|credentials?|secret|password|api key|license|licence|key) (has |is |have |are )?(expired|been revoked|no longer valid)|expired ?token|invalid_grant|license (is )?(expired|invalid)/i,
    clearness: 0.9,
    metrics: /(token|credential|license|secret).*(expir|until|remaining|age)/i,
    remedy: 'renew-credential',
  },
  {
    name: 'clock',
    title: 'The clock of a host is off',
    words:
      /clock (skew|drift)|skewed clock|used before issued|issued in the future|time (is )?out of sync|requesttimetooskewed|\bntp\b/i,
    clearness: 0.9,
    metrics: /(ntp|clock|chrony).*(offset|skew|drift)/i,
    remedy: 'escalate',
  },
  {
    name: 'names',
    title: 'Names are not resolved',
    words:
      /no such host|enotfound|eai_again|servfail|nxdomain|name resolution|name resolver error|lookup .{1,80}(timeout|misbehaving|refused)|temporary failure in name|could not resolve|upstream nameserver/i,
    clearness: 0.8,
    metrics: /(dns|resolver|servfail|nameserver)/i,
    remedy: 'escalate',
  },
  {
    name: 'data',
    title: 'A record that cannot be processed comes again and again',
    words:
      /redeliver\w*|poison|same offset|commit blocked|dead.?letter|malformed (record|message|event|payload)|corrupt (record|message|row)/i,
    clearness: 0.7,
    remedy: 'quarantine-data',
  },
  {
    name: 'disk',
    title: 'A disk is full or fails',
    words:
      /no space left|disk (is )?full|enospc|disk quota|disk pressure|inodes? exhausted|read-only file system|i\/o error|bad sector|smart error/i,
    clearness: 0.7,
    metrics: /(disk|filesystem|volume|inode).*(used|usage|full|free|avail|percent|pct|util)/i,
    remedy: 'free-space',
  },
  {
    name: 'node',
    title: 'A node or its hardware fails',
    words:
      /node (is )?(not ready|notready|unreachable|down|drained|preempted)|spot (instance )?(interruption|termination)|instance (terminated|retired|stopped)|hardware (error|failure)|machine check|ecc error|kernel panic|hypervisor|availability zone|\baz\b.{0,20}(outage|impaired|degraded)|host (is )?(down|unreachable)|noisy neighbou?r|cpu steal/i,
    clearness: 0.8,
    metrics: /(node|host)_?(up|ready|down|not_?ready)|cpu_?steal|steal_(time|pct|percent)/i,
    remedy: 'replace-node',
  },
  {
    name: 'network',
    title: 'The network loses or delays packets',
    words:
      /packet loss|network (is )?(unreachable|partition\w*|flap\w*)|no route to host|link (is )?down|bgp|ehostunreach|enetunreach|partitioned|split.?brain/i,
    clearness: 0.7,
    metrics: /(packet_?(loss|drop)|retransmit|network_?(error|loss)|link_?(down|flap))/i,
    remedy: 'escalate',
  },
  {
    name: 'quota',
    title: 'A provider refuses more requests',
    words:
      /quota (has been |is )?exceeded|quotaexceeded|resource_exhausted|rate limit exceeded|ratelimitexceeded|too many requests|throttlingexception|provisionedthroughputexceeded|\b429\b/i,
    clearness: 0.5,
    metrics: /(quota|throttled|rate_?limit(ed)?)/i,
    remedy: 'escalate',
  },
  {
    name: 'provider',
    title: 'A provider outside fails',
    words:
      /\b(provider|third.?party|vendor|partner|external (api|service|endpoint))\b.{0,60}(down|outage|degraded|unavailable|errors?|failing|incident)|(partial|major) outage|degraded performance|status page/i,
    clearness: 0.6,
    metrics:
      /(upstream|external|outbound|provider|third_?party|vendor|gateway).*(error|fail|latency|duration|timeout|5xx)/i,
    remedy: 'fail-over',
  },
];

/** Public hosts in a text: names with a domain that are not of one's own cluster. */
export function publicHosts(text: string): readonly string[] {
  const hosts =
    text.match(
      /\b(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+(?:com|net|org|io|dev|cloud|app|ai|co|eu|de|uk|us)\b/gi,
    ) ?? [];
  return [...new Set(hosts.map((host) => host.toLowerCase()))];
}

/** Words of a call to elsewhere that was answered by failing there, or not at all. */
export const FAILED_THERE =
  /\b(5\d\d|429)\b|returned (an )?error|time[ds]?[ -]?out|deadline|unavailable|connection (reset|refused)|bad gateway|no response|reset by peer/i;
