import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KnownLabels } from '../../src/ingest/known-labels.js';

const viewOf = (text: string): DataView => {
  const bytes = new TextEncoder().encode(text);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
};

const add = (known: KnownLabels<number>, text: string, value: number): void =>
  known.add(viewOf(text), 0, viewOf(text).byteLength, value);
const find = (known: KnownLabels<number>, text: string): number | undefined =>
  known.find(viewOf(text), 0, viewOf(text).byteLength);

test('finds what was added first for each text and nothing else, in whatever order it is asked', () => {
  const texts = fc.array(fc.string({ maxLength: 12 }), { maxLength: 60 });
  fc.assert(
    fc.property(texts, texts, (added, asked) => {
      const known = new KnownLabels<number>(1_000_000);
      const expected = new Map<string, number>();
      for (const [value, text] of added.entries()) {
        add(known, text, value);
        if (!expected.has(text)) expected.set(text, value);
        expect(find(known, text)).toBe(expected.get(text));
      }
      for (const text of [...asked, ...added, ...added.toReversed()]) {
        expect(find(known, text)).toBe(expected.get(text));
      }
    }),
    { seed: 7 },
  );
});

test('finds nearly all of many labels, also in the middle of other bytes', () => {
  const known = new KnownLabels<number>(10_000_000);
  const texts = Array.from({ length: 20_000 }, (_, n) => `__name__=m${n % 8},pod=p${n},cluster=eu-west-1a`);
  for (const [value, text] of texts.entries()) add(known, text, value);
  const found = texts.filter((text, value) => {
    const view = viewOf(`..${text}....`);
    const answer = known.find(view, 2, view.byteLength - 4);
    expect([value, undefined]).toContain(answer);
    return answer === value;
  });
  expect(found.length).toBeGreaterThan(19_990);
});

test('forgets all when their bytes grow beyond what is kept, and goes on', () => {
  const known = new KnownLabels<number>(100);
  for (let value = 0; value < 1_000; value++) {
    add(known, `labels number ${value}`, value);
    expect(find(known, `labels number ${value}`)).toBe(value);
  }
  expect(find(known, 'labels number 3')).toBeUndefined();
});
