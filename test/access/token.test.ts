import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grants, idOfToken, mintToken, scopes, tokenHash } from '../../src/access/index.js';
import { sameHash } from '../../src/access/token.js';

describe('a token', () => {
  it('has its prefix, its id and a checksum, and is never the same twice', () => {
    const minted = Array.from({ length: 50 }, () => mintToken(randomBytes));
    for (const { text, id, hash } of minted) {
      expect(text).toMatch(/^gen_[0-9A-Za-z]{59}$/);
      expect(idOfToken(text)).toBe(id);
      expect(hash).toBe(tokenHash(text));
      expect(hash).not.toContain(id);
    }
    expect(new Set(minted.map(({ text }) => text)).size).toBe(50);
  });

  it('draws its characters evenly, throwing away bytes that would favour some', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
    let calls = 0;
    const { text } = mintToken((count) => {
      calls += 1;
      return bytes.subarray(0, count);
    });
    // 255 to 248 are no characters; 247 is the last of the alphabet.
    expect(text.slice(4, 6)).toBe('zy');
    expect(calls).toBeGreaterThan(2);
  });

  it('is told from what was mistyped: one changed character leaves no token', () => {
    const { text } = mintToken(randomBytes);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: text.length - 1 }),
        fc.constantFrom(...'09AZaz_-'),
        (at, other) => {
          const changed = `${text.slice(0, at)}${other}${text.slice(at + 1)}`;
          return changed === text || idOfToken(changed) === undefined;
        },
      ),
      { seed: 7, numRuns: 300 },
    );
  });

  it.each(['', 'gen_', 'Bearer x', `gen_${'a'.repeat(59)}`, `gen_${'a'.repeat(10_000)}`])(
    'is not %j',
    (text) => {
      expect(idOfToken(text.slice(0, 200))).toBeUndefined();
    },
  );
});

describe('hashes', () => {
  it('are the same only when every character is', () => {
    const hash = tokenHash('a');
    expect(sameHash(hash, tokenHash('a'))).toBe(true);
    for (const other of [tokenHash('b'), '', `${hash}0`, hash.slice(1)])
      expect(sameHash(hash, other)).toBe(false);
  });
});

describe('scopes', () => {
  it('include others as a table says, and nothing else', () => {
    const table = Object.fromEntries(
      scopes.map((held) => [held, scopes.filter((needed) => grants([held], needed))]),
    );
    expect(table).toEqual({
      ingest: ['ingest'],
      read: ['read'],
      operate: ['read', 'operate'],
      admin: ['ingest', 'read', 'operate', 'admin'],
    });
    expect(scopes.some((needed) => grants([], needed))).toBe(false);
  });
});
