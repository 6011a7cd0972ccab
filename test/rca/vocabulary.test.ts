import { describe, expect, it } from 'vitest';
import { groupOfMetric, isWorse, roleOf } from '../../src/rca/vocabulary.js';

describe('groupOfMetric', () => {
  it.each([
    ['process_resident_memory_bytes', 'memory'],
    ['container_cpu_cfs_throttled_seconds_total', 'cpu'],
    ['node_filesystem_avail_bytes', 'disk'],
    ['node_network_receive_drop_total', 'network'],
    ['db_pool_wait_seconds_p99', 'pool'],
    ['kanban_queue_depth', 'queue'],
    ['http_requests_in_flight', 'queue'],
    ['jvm_gc_pause_seconds_sum', 'runtime'],
    ['http_request_duration_seconds', 'latency'],
    ['requestLatencyP99', 'latency'],
    ['http_server_5xx_rate', 'errors'],
    ['jidoka_success_rate', 'availability'],
    ['upstream_provider_error_rate_pct', 'dependency'],
    ['tls_cert_seconds_until_expiry', 'certificate'],
    ['cache_hit_ratio', 'cache'],
    ['http_requests_total', 'traffic'],
    ['temperature_celsius', 'other'],
  ] as const)('reads %s as %s', (metric, group) => {
    expect(groupOfMetric(metric, {})).toBe(group);
  });

  it('reads requests that failed as errors', () => {
    expect(groupOfMetric('http_requests_total', { code: '503' })).toBe('errors');
    expect(groupOfMetric('http_requests_total', { code: '200' })).toBe('traffic');
  });
});

describe('isWorse', () => {
  it('knows which way is worse for each kind', () => {
    expect(isWorse('latency', 1)).toBe(true);
    expect(isWorse('latency', -1)).toBe(false);
    expect(isWorse('availability', -1)).toBe(true);
    expect(isWorse('certificate', -1)).toBe(true);
    expect(isWorse('other', -1)).toBe(true);
  });
});

describe('roleOf', () => {
  it('tells what is felt from what is used up', () => {
    expect(roleOf('latency')).toBe('symptom');
    expect(roleOf('memory')).toBe('resource');
    expect(roleOf('pool')).toBe('waiting');
    expect(roleOf('traffic')).toBe('load');
  });
});
