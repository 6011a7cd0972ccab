import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readPacks } from '../../../src/graph/packs.js';
import { QueryParser } from '../../../src/graph/parse.js';
import { readRunbookFolder } from '../../../src/graph/runbooks/read.js';
import { runbookSections } from '../../../src/graph/runbooks/runbook.js';
import { outlineOf } from '../../../src/graph/runbooks/sections.js';
import { suppliedPrefixes } from '../../../src/graph/vocabulary.js';
import { iris } from '../fixture.js';

const parser = new QueryParser(suppliedPrefixes(iris.prefix));
const checks = { query: (text: string) => void parser.parse(text), packs: await readPacks() };
const folder = fileURLToPath(new URL('../../../runbooks/', import.meta.url));
const { runbooks, faults } = await readRunbookFolder(folder, 'shipped', checks);

describe('the runbooks that come with Genchi', () => {
  it('are all well: their queries can be read, and their links lead to query packs with what those need', () => {
    expect(faults.map(({ error }) => error.message)).toEqual([]);
  });

  it('cover the causes that are known', () => {
    expect(runbooks.map(({ name }) => name)).toEqual([
      'bad-deployment',
      'cache-eviction-leak',
      'certificate-expiry',
      'circuit-breaker-open',
      'configuration-change',
      'connection-pool-exhaustion',
      'cpu-saturation',
      'dependency-failing',
      'dependency-slow',
      'disk-full',
      'disk-io-saturation',
      'experiment',
      'feature-flag',
      'memory-leak',
      'network-loss-or-latency',
      'node-failure',
      'payment-gateway-slow',
      'provider-outage',
      'queue-backlog',
      'traffic-surge',
      'uneven-load',
    ]);
  });

  it.each(runbooks)(
    '$name has each section once, in order, with steps to take and somewhere to look',
    (runbook) => {
      const { sections, links, queries } = outlineOf(runbook.markdown);
      const titles = sections.map(({ title }) => title).filter((title) => title !== 'Afterwards');
      expect(titles).toEqual(runbookSections);
      expect(runbook.steps.length).toBeGreaterThanOrEqual(4);
      expect(runbook.evidence.length).toBeGreaterThanOrEqual(2);
      expect(links.length + queries.length).toBeGreaterThanOrEqual(2);
    },
  );
});
