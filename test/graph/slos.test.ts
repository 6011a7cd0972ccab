import { describe, expect, it } from 'vitest';
import { mappingOf } from '../../src/graph/mapping.js';
import { Slos } from '../../src/graph/slos.js';
import { tps } from '../../src/graph/vocabulary.js';
import { type EventReceipt, pathOfEvent } from '../../src/model/index.js';
import { eventOf, iris, START } from './fixture.js';

const rules = mappingOf(iris);
function revision(at: number, slo: string, rest: object): EventReceipt<'slo'> {
  const event = eventOf('slo', START + at, { slo, windowMinutes: 60, ...rest });
  if (event.kind !== 'slo') throw new TypeError('eventOf makes what it is asked for');
  return event;
}
const first = revision(1, 'fast', { service: 'shop', metric: 'p99', target: 200, direction: 'at_most' });
const second = revision(2, 'fast', { service: 'shop', metric: 'p99', target: 150, direction: 'at_most' });
const ratio = revision(1, 'a "b"/c', { goodMetric: 'ok', totalMetric: 'all', objectivePercent: 99.9 });

function slosOf(...revisions: readonly EventReceipt<'slo'>[]): Slos {
  const slos = new Slos();
  for (const one of revisions) slos.add(one);
  return slos;
}

describe('service level objectives', () => {
  it('are in force as their latest revision says, in whatever order revisions come', () => {
    for (const slos of [slosOf(first, second, ratio), slosOf(ratio, second, first)]) {
      expect(slos.list()).toEqual([ratio, second]);
    }
  });

  it('end when they are retired, and begin again with a later revision', () => {
    const retired = revision(3, 'fast', { retired: true });
    expect(slosOf(retired, first, second).list()).toEqual([]);
    const again = revision(4, 'fast', { metric: 'p99', target: 180, direction: 'at_most' });
    expect(slosOf(first, retired, again).list()).toEqual([again]);
  });

  it('are told of by name, with the receipt of the revision, and not as receipts', () => {
    const lines = slosOf(first, second, ratio).triples(iris, rules);
    const subject = `<${iris.prefix}slo/fast>`;
    expect(lines).toContain(`${subject} <${tps('revision')}> <${iris.ofPath(pathOfEvent(second))}> .`);
    expect(lines).toContain(`${subject} <${tps('service')}> <${iris.prefix}service/shop> .`);
    expect(lines.filter((line) => line.includes(tps('target')))).toEqual([
      `${subject} <${tps('target')}> "150"^^<http://www.w3.org/2001/XMLSchema#double> .`,
    ]);
    expect(lines).toContain(`<${iris.prefix}slo/a%20%22b%22%2Fc> <${tps('slo')}> "a \\"b\\"/c" .`);
    expect(lines.filter((line) => /tps\/(SloRevision|Event|receivedAt|timestamp)>/.test(line))).toEqual([]);
  });
});
