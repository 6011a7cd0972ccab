import { describe, expect, it } from 'vitest';
import { filesOf, inertnessOf } from '../../src/rca/inert.js';
import { readPatch } from '../../src/rca/patch.js';

const inert = (message: string, diff?: string): number =>
  inertnessOf(message, diff, diff === undefined ? undefined : readPatch(diff)).value;

describe('filesOf', () => {
  it('reads the files that a message lists and those that a diff names', () => {
    const diff = '--- a/src/x.go\n+++ b/src/x.go\n@@ -1 +1 @@';
    expect(filesOf('Tidy\n\ndocs/guide.md\nCODEOWNERS\nfree text here', diff)).toEqual([
      'docs/guide.md',
      'CODEOWNERS',
      'src/x.go',
    ]);
  });
});

describe('inertnessOf', () => {
  it('is sure of documentation, tests and the build', () => {
    for (const file of ['docs/api.md', 'pkg/money/parse_test.go', '.github/workflows/build.yml']) {
      expect(inert(`Change\n\n${file}`)).toBe(1);
    }
  });

  it('is not inert as soon as one file is code', () => {
    expect(inert('Change\n\ndocs/api.md\npkg/pool.go', '-max = 5\n+max = 4')).toBe(0);
  });

  it('counts newer patches of dependencies as little, newer majors as much', () => {
    const patch = inert('Bump\n\ngo.mod', '-x v1.2.3\n+x v1.2.4');
    const major = inert('Bump\n\ngo.mod', '-x v1.2.3\n+x v2.0.0');
    expect(patch).toBeGreaterThan(major);
  });

  it('believes the message only where there is no diff', () => {
    expect(inert('docs: tell of the pool')).toBeGreaterThan(0.8);
    expect(inert('docs: tell of the pool', '-max = 5\n+max = 4')).toBe(0);
  });
});
