import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startApp } from '../../../src/app.js';
import type { RunningApp } from '../../../src/cli/index.js';
import { parseCheckpoint } from '../../../src/evidence/log/checkpoint.js';
import { leafHash } from '../../../src/evidence/log/hash.js';
import { noteText, SIGNATURE_TYPE, verifierKey, verifierText } from '../../../src/evidence/log/note.js';
import { makeKey, signNote } from '../../../src/evidence/log/signing-key.js';
import { consistencyRanges, isConsistent, treeHead } from '../../../src/evidence/log/tree.js';
import { instantOf } from '../../../src/model/index.js';
import { tilePath } from '../../../src/serve/log/tile-path.js';
import { run } from '../../cli/outside.js';

const witness = makeKey('witness.example');
const { name, publicKey } = witness.verifier;
const cosigner = verifierKey(name, SIGNATURE_TYPE.cosignature, publicKey);
let folder: string;
let app: RunningApp;
let now = Date.now();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-log-'));
  app = await startApp(
    {
      ...{ port: 0, data: join(folder, 'data'), evaluationEveryMs: 3_600_000 },
      witnesses: [verifierText(cosigner)],
    },
    { logger: pino({ level: 'silent' }), clock: () => instantOf(now) },
  );
  await app.ready;
});
afterAll(async () => {
  await app?.close();
  rmSync(folder, { recursive: true, force: true });
});

const recorded = z.object({ receipts: z.array(z.string()).min(1) });

/** Records a failure; answers its IRI. */
async function record(reason: string): Promise<string> {
  const response = await fetch(`${app.url}/api/v1/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'failure', service: 'checkout', component: 'db', reason }),
  });
  expect(response.status).toBe(200);
  now += 2_000;
  const answer: unknown = await response.json();
  return recorded.parse(answer).receipts[0] ?? '';
}

const get = (path: string): Promise<Response> => fetch(`${app.url}${path}`);
const proofPath = (iri: string): string => `/log/proof?iri=${encodeURIComponent(iri)}`;

async function checkpoint() {
  const response = await get('/log/checkpoint');
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  return parseCheckpoint(await response.text());
}

async function bytesAt(path: string): Promise<Buffer> {
  const response = await get(path);
  expect(response.status, path).toBe(200);
  expect(response.headers.get('cache-control')).toContain('immutable');
  return Buffer.from(await response.arrayBuffer());
}

/** The entries of a bundle. */
function entriesIn(bundle: Buffer): readonly Buffer[] {
  const entries: Buffer[] = [];
  for (let at = 0; at < bundle.length; ) {
    const length = bundle.readUInt16BE(at);
    entries.push(bundle.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return entries;
}

describe('the log over HTTP', () => {
  it('gives a checkpoint whose root is that of its tiles, and of its entries', async () => {
    for (let nth = 0; nth < 5; nth++) await record(`tiles ${nth}`);
    const { size, root, origin } = await checkpoint();
    expect(origin).toBe(`${app.url.replace('http://', '')}/log`);
    const tile = await bytesAt(`/log/tile/${tilePath({ level: 0, index: 0, width: size })}`);
    const hashes = Array.from({ length: size }, (_, nth) => tile.subarray(32 * nth, 32 * nth + 32));
    expect(Buffer.from(treeHead(hashes)).equals(Buffer.from(root))).toBe(true);
    const bundle = await bytesAt(`/log/tile/${tilePath({ level: 'entries', index: 0, width: size })}`);
    expect(entriesIn(bundle).map((entry) => leafHash(entry).toString('hex'))).toEqual(
      hashes.map((hash) => hash.toString('hex')),
    );
  });

  it('has no tile that is not there yet, and none of another name', async () => {
    for (const tile of [
      '0/000',
      '0/001.p/1',
      '1/000.p/1',
      'entries/000',
      '0/0',
      'entries/x001/000',
      '..%2Fkey',
    ]) {
      expect((await get(`/log/tile/${tile}`)).status, tile).toBe(404);
    }
  });

  it('proves that a larger tree begins with a smaller one', async () => {
    const old = await checkpoint();
    await record('consistency');
    const grown = await checkpoint();
    const answer: unknown = await (await get(`/log/consistency?from=${old.size}&to=${grown.size}`)).json();
    const { path } = z.object({ path: z.array(z.string()) }).parse(answer);
    expect(path.length).toBe(consistencyRanges(old.size, grown.size).length);
    const hashes = path.map((hash) => Buffer.from(hash, 'base64'));
    expect(isConsistent(old, grown, hashes)).toBe(true);
  });

  it('says what was wrong with a question, and proves nothing then', async () => {
    const iri = await record('questions');
    for (const [path, status] of [
      ['/log/proof', 400],
      ['/log/proof?iri=', 400],
      ['/log/proof?iri=http%3A%2F%2Felsewhere%2Fid%2Fx', 400],
      ['/log/proof?iri=%2Fid%2Fservice%2Fcheckout', 400],
      [`${proofPath(iri)}&iri=x`, 400],
      [`${proofPath(iri)}&size=-1`, 400],
      [`${proofPath(iri)}&size=999999`, 400],
      [proofPath(iri.replace(/.$/, (last) => (last === '0' ? '1' : '0'))), 404],
      ['/log/consistency', 400],
      ['/log/consistency?from=3&to=2', 400],
      ['/log/consistency?from=0&to=99999999', 400],
      ['/log/consistency?from=1e3', 400],
    ] as const) {
      const response = await get(path);
      expect(response.status, path).toBe(status);
      expect(response.headers.get('content-type')).toContain('application/problem+json');
    }
  });

  it('shows on the page of a receipt where it is in the log, and how to check that', async () => {
    const iri = await record('page');
    const page = await (await fetch(iri, { headers: { accept: 'text/html' } })).text();
    expect(page).toContain('Proof');
    expect(page).toContain(`/log/proof?iri=${encodeURIComponent(iri)}`);
    expect(page).toContain('genchi verify');
  });
});

describe('genchi log cosign', () => {
  it('adds the signature of a witness to the checkpoint, and of nobody else', async () => {
    await record('cosigned');
    const { note } = await checkpoint();
    const cosignedBy = (key: typeof witness, id: string): string => {
      const time = Buffer.alloc(8);
      time.writeBigUInt64BE(1_700_000_000n);
      const [own] = signNote(`cosignature/v1\ntime 1700000000\n${note.text}`, key).signatures;
      const signature = Buffer.concat([time, own?.signature ?? Buffer.alloc(0)]);
      return noteText({ ...note, signatures: [...note.signatures, { name, id, signature }] });
    };
    const file = join(folder, 'cosigned.txt');
    await writeFile(file, cosignedBy(makeKey(name), cosigner.id));
    const forged = await run(['log', 'cosign', file, '--url', app.url]);
    expect(forged).toMatchObject({ code: 1, out: '' });
    expect(forged.err).toContain('no new signature');
    expect((await get('/log/checkpoint/cosigned')).status).toBe(404);
    // The witness is slow: the log has a later checkpoint by now.
    await record('later');
    expect((await checkpoint()).note.text).not.toBe(note.text);
    await writeFile(file, cosignedBy(witness, cosigner.id));
    expect(await run(['log', 'cosign', file, '--url', app.url])).toMatchObject({ code: 0, err: '' });
    expect(await (await get('/log/checkpoint/cosigned')).text()).toBe(cosignedBy(witness, cosigner.id));
  });

  it('leaves the key to who asks for it, while the server runs', async () => {
    const shown = await run(['log', 'key', '--data', join(folder, 'data')]);
    const answer: unknown = await (await get('/log/keys')).json();
    expect(shown).toMatchObject({ code: 0, out: `${z.object({ key: z.string() }).parse(answer).key}\n` });
    expect(await run(['log', 'key', '--data', join(folder, 'none')])).toMatchObject({ code: 2 });
  });
});

describe('genchi verify', () => {
  async function keyOfLog(): Promise<string> {
    const answer: unknown = await (await get('/log/keys')).json();
    return z.object({ key: z.string() }).parse(answer).key;
  }

  it('checks a saved proof offline, and the same by IRI, and says what it proves', async () => {
    const iri = await record('verified');
    const file = join(folder, 'proof.json');
    await writeFile(file, await (await get(proofPath(iri))).text());
    const offline = () => Promise.reject(new TypeError('nothing may be fetched'));
    const key = await keyOfLog();
    const saved = await run(['verify', file, '--key', key], { fetch: offline });
    expect(saved).toMatchObject({ code: 0, err: '' });
    expect(saved.out).toContain(`Proven: ${iri}`);
    expect(saved.out).toContain('"reason":"verified"');
    const asked = await run(['verify', iri, '--url', app.url, '--key', key, '--json']);
    expect(asked.code).toBe(0);
    expect(JSON.parse(asked.out)).toMatchObject({ iri, kind: 'failure' });
  });

  it('holds a receipt against a checkpoint that was kept', async () => {
    const before = await record('before');
    const kept = join(folder, 'checkpoint');
    await writeFile(kept, await (await get('/log/checkpoint')).text());
    const after = await record('after');
    const key = await keyOfLog();
    const held = await run(['verify', before, '--url', app.url, '--checkpoint', kept, '--key', key]);
    expect(held).toMatchObject({ code: 0 });
    expect(held.out).toContain('the one that you kept');
    const extended = await run(['verify', after, '--url', app.url, '--checkpoint', kept, '--key', key]);
    expect(extended).toMatchObject({ code: 0 });
    expect(extended.out).toContain('came after the checkpoint that you kept');
  });

  it('fails on what does not hold, and says how it is asked', async () => {
    const iri = await record('refused');
    const file = join(folder, 'forged.json');
    const key = await keyOfLog();
    const proof = await (await get(proofPath(iri))).text();
    await writeFile(file, proof.replace('refused', 'forgery'));
    const forged = await run(['verify', file, '--key', key]);
    expect(forged).toMatchObject({ code: 1, out: '' });
    expect(forged.err).toContain('does not hold');
    await writeFile(file, '{}');
    expect((await run(['verify', file, '--key', key])).err).toContain('no proof');
    expect(await run(['verify', file])).toMatchObject({ code: 2 });
    expect(await run(['verify', '--key', key])).toMatchObject({ code: 2 });
    expect(await run(['verify', file, '--key', 'nonsense'])).toMatchObject({ code: 2 });
    expect(await run(['verify', join(folder, 'absent.json'), '--key', key])).toMatchObject({ code: 2 });
  });
});
