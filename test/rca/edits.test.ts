import { describe, expect, it } from 'vitest';
import type { Edit } from '../../src/rca/edit.js';
import { editsOf } from '../../src/rca/edits.js';
import type { Family } from '../../src/rca/fault-families.js';
import { readPatch } from '../../src/rca/patch.js';
import { quantityOf, valueEdit } from '../../src/rca/value-edits.js';

const edits = (diff: string): readonly Edit[] => editsOf(readPatch(diff));
const leads = (diff: string, family: Family): number =>
  Math.max(0, ...edits(diff).map((edit) => edit.sureness * (edit.leadsTo[family] ?? 0)));

describe('quantityOf', () => {
  it.each([
    ['15 * time.Minute', 900_000],
    ['15s', 15_000],
    ['512Mi', 512 * 2 ** 20],
    ['1_000', 1_000],
    ['-3', -3],
  ] as const)('reads %s', (text, value) => {
    expect(quantityOf(text)).toBe(value);
  });

  it('reads no quantity out of a word', () => {
    expect(quantityOf('on')).toBeUndefined();
  });
});

describe('valueEdit', () => {
  it('leads a smaller pool to exhaustion, a larger one not in full', () => {
    expect(valueEdit('db.pool.size', '40', '4')?.leadsTo.pool).toBe(1);
    expect(valueEdit('db.pool.size', '4', '40')?.leadsTo.pool).toBeLessThan(0.5);
  });

  it('is none for a value that stays as large in another unit', () => {
    expect(valueEdit('ttl', '60s', '1m')).toBeUndefined();
  });
});

describe('editsOf', () => {
  it.each([
    ['a shorter life of cached entries', '-  ttl: 15 * time.Minute,\n+  ttl: 15 * time.Second,', 'cache'],
    ['a lock that is gone', '-\tl.mu.Lock()\n-\tdefer l.mu.Unlock()\n \tl.n[k]++', 'race'],
    [
      'a check for absence that is gone',
      '-\tif r.Auth == nil {\n-\t\treturn ""\n-\t}\n \treturn r.Auth.Id',
      'null',
    ],
    ['a field of another name', '-\tMeta string `json:"meta"`\n+\tMeta string `json:"metadata"`', 'schema'],
    ['a bound of a query that is gone', '-\tORDER BY score\n-\tLIMIT 50`\n+\tORDER BY score`', 'query'],
    ['a call that is made no more', ' await load();\n-registerAgents(registry);\n await warm();', 'missing'],
    ['a query of a table', '+\treturn db.Exec("SELECT a FROM favourites WHERE id = ?")', 'missing'],
    [
      'a question in each round of a loop',
      '+for _, id := range ids {\n+\titem, err := repo.GetItem(id)\n+}',
      'query',
    ],
    ['another host', '-host: db-primary\n+host: db-legacy', 'network'],
    ['a resource that is not closed', '-\tdefer rows.Close()\n return scan(rows)', 'pool'],
    ['more attempts', '-\tMaxAttempts: 2,\n+\tMaxAttempts: 20,', 'load'],
    ['a condition the other way round', '-if (allowed && !expired) {\n+if (allowed || !expired) {', 'auth'],
  ] as const)('knows where %s leads', (_, diff, family) => {
    expect(leads(diff, family)).toBeGreaterThanOrEqual(0.7);
  });

  it('makes little of code that is only written anew', () => {
    const diff =
      '-\tvar req Request\n-\tif err := json.Decode(&req); err != nil {\n-\t\treturn err\n-\t}\n+\treq, err := decode[Request](r)\n+\tif err != nil {\n+\t\treturn err\n+\t}';
    for (const family of ['null', 'race', 'pool', 'query', 'memory', 'network'] as const) {
      expect(leads(diff, family)).toBeLessThan(0.4);
    }
  });

  it('finds nothing in newer patches of dependencies', () => {
    expect(edits('-\tgoogle.golang.org/grpc v1.62.0\n+\tgoogle.golang.org/grpc v1.62.1')).toEqual([]);
  });
});
