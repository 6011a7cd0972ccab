import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPatch } from '../../src/rca/patch.js';

describe('readPatch', () => {
  it('pairs a changed line with the one in its place, and keeps the words that differ', () => {
    const patch = readPatch('@@ pool.go @@\n-const maxConns = 50\n+const maxConns = 10\n context');
    expect(patch.hunks).toEqual([
      {
        removed: [],
        added: [],
        pairs: [{ from: 'const maxConns = 50', to: 'const maxConns = 10' }],
        rewritten: false,
      },
    ]);
    expect([...patch.netRemoved]).toEqual(['50']);
    expect([...patch.netAdded]).toEqual(['10']);
    expect(patch.around.has('maxConns')).toBe(true);
  });

  it('takes nothing to be changed where only spaces and comments are', () => {
    const patch = readPatch('-url: http://pay:80\n+# grouped\n+url:   http://pay:80');
    expect(patch.empty).toBe(true);
    expect(patch.reordered).toBe(false);
  });

  it('tells lines that changed their order from lines that stayed', () => {
    expect(readPatch('-a.lock()\n-b.lock()\n+b.lock()\n+a.lock()')).toMatchObject({
      empty: true,
      reordered: true,
    });
  });

  it('finds nothing changed in any text that goes and comes again as it was', () => {
    const line = fc.stringMatching(/^[a-z][a-z (){}.;]{0,20}$/);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const diff = [...lines.map((text) => `-${text}`), ...lines.map((text) => `+${text}`)].join('\n');
        const { empty, netRemoved, netAdded } = readPatch(diff);
        expect([empty, netRemoved.size, netAdded.size]).toEqual([true, 0, 0]);
      }),
      { seed: 3 },
    );
  });
});
