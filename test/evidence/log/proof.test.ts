import { chmod, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkProof, type Proof, type Provable, parseProof } from '../../../src/evidence/index.js';
import { parseCheckpoint } from '../../../src/evidence/log/checkpoint.js';
import { noteText, SIGNATURE_TYPE, verifierKey } from '../../../src/evidence/log/note.js';
import { makeKey, signNote } from '../../../src/evidence/log/signing-key.js';
import { isConsistent } from '../../../src/evidence/log/tree.js';
import { DAY_MS, Iris, instantOf, parsePath, pathOfEvent, shift } from '../../../src/model/index.js';
import { blockOf, failure, T0 } from '../fixture.js';
import { gauge, openAt, retainAll } from '../retention-fixture.js';
import { otherHashes, sceneOfEach, tamper } from './log-fixture.js';

const iris = new Iris('http://127.0.0.1:4600');
const scene = sceneOfEach();

const first = failure('checkout', 10);

async function recordSome(): Promise<void> {
  await scene.store.append({
    events: [first, failure('cart', 20), failure('payment', 30), failure('x', -DAY_MS)],
  });
  const rows = Array.from({ length: 1_000 }, (_, nth) => [gauge(`s${nth % 3}`), 1_000 * nth, nth] as const);
  await scene.store.append({
    events: [],
    samples: blockOf(scene.store, [...rows, [gauge('s1'), 999_500, null]]),
  });
  scene.clock.now = shift(scene.clock.now, 5_000);
}

const event: Provable = { type: 'event', kind: 'failure', at: first.at, id: first.id };

function sample(nth: number): Provable {
  const [series] = scene.store.findSeries({ services: [`s${nth % 3}`] });
  if (series === undefined) throw new Error('no such series');
  return { type: 'sample', at: instantOf(T0 + 1_000 * nth), series: series.key };
}

async function proofOf(named: Provable, size?: number): Promise<Proof> {
  const proof = await scene.store.log.prove(named, iris.of(named), size);
  if (proof === undefined) throw new Error('nothing is there');
  // What a file of it says.
  return parseProof(JSON.stringify(proof));
}

const check = (proof: Proof, checkpoint?: string) =>
  checkProof(proof, {
    keys: [scene.store.log.verifier],
    witnesses: [],
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });

/** A witness, and how it signs a checkpoint. */
function witnessOf(name: string) {
  const witness = makeKey(name);
  const cosigner = verifierKey(name, SIGNATURE_TYPE.cosignature, witness.verifier.publicKey);
  const cosign = (checkpoint: string): string => {
    const { note } = parseCheckpoint(checkpoint);
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1_700_000_000n);
    const [own] = signNote(`cosignature/v1\ntime 1700000000\n${note.text}`, witness).signatures;
    const signature = Buffer.concat([time, own?.signature ?? Buffer.alloc(0)]);
    return noteText({ ...note, signatures: [...note.signatures, { name, id: cosigner.id, signature }] });
  };
  return { cosigner, cosign };
}

describe('a proof', () => {
  it('of an event and of every sample of a batch holds, and says what it proves', async () => {
    await recordSome();
    expect(check(await proofOf(event))).toMatchObject({
      ...{ iri: iris.of(event), kind: 'failure', batch: 1, leaf: 0, size: 2, kept: undefined },
      ...{ happenedAt: first.at, committedAt: T0, origin: '127.0.0.1:4600/log' },
    });
    for (const nth of [0, 1, 2, 255, 256, 257, 767, 768, 769, 999]) {
      expect(check(await proofOf(sample(nth))), `sample ${nth}`).toMatchObject({ kind: 'sample', batch: 2 });
    }
  });

  it('is the same after compaction, the archive and a restart', async () => {
    await recordSome();
    const before = [await proofOf(event), await proofOf(sample(300))];
    scene.clock.now = shift(T0, 2 * DAY_MS);
    while ((await scene.store.compact()) !== undefined);
    expect([await proofOf(event), await proofOf(sample(300))]).toEqual(before);
    scene.clock.now = shift(T0, 9 * DAY_MS);
    await retainAll(scene.store);
    await scene.reopen();
    const after = [await proofOf(event, 2), await proofOf(sample(300), 2)];
    for (const [nth, proof] of after.entries()) {
      const { checkpoint, ...rest } = proof;
      expect({ ...rest, checkpoint: before[nth]?.checkpoint }).toEqual(before[nth]);
      expect(check(proof, before[nth]?.checkpoint)).toMatchObject({ kept: 'held', size: 2 });
    }
  });

  it('does not hold once anything in it is changed', async () => {
    await recordSome();
    const changed = (text: string, at: number): string =>
      `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`;
    for (const named of [event, sample(300)]) {
      const json = JSON.stringify(await proofOf(named));
      expect(check(parseProof(json)).iri).toBe(iris.of(named));
      const claimed = check(parseProof(json)).receipt;
      for (let at = 1; at < json.length; at += 7) {
        // Another sample of the same piece is proven as well, as what it is.
        const provesOther = (): boolean => check(parseProof(changed(json, at))).receipt !== claimed;
        let isHeld = false;
        try {
          isHeld = !provesOther();
        } catch (error) {
          expect(error).toMatchObject({ code: expect.stringMatching(/^bad-/) });
        }
        expect(isHeld, json.slice(at - 20, at + 20)).toBe(false);
      }
    }
  });

  it('against a checkpoint from before shows that the log still begins with it, or that it was rewritten', async () => {
    await recordSome();
    const kept = await scene.store.log.checkpoint();
    await scene.store.append({ events: [failure('later', 50)] });
    scene.clock.now = shift(scene.clock.now, 5_000);
    const later = failure('later', 50);
    const named: Provable = { type: 'event', kind: 'failure', at: later.at, id: later.id };
    expect(check(await proofOf(named, 2), kept)).toMatchObject({ kept: 'extended', size: 3 });
    expect(check(await proofOf(event, 2), kept)).toMatchObject({ kept: 'held', size: 2 });
    expect(() => checkOther(kept)).toThrow();
    await expect(proofOf(event).then((proof) => check(proof, kept))).rejects.toThrow('size=2');
    // The same log with another first batch, signed with the same key.
    const key = await readFile(join(scene.folder, 'log', 'key'), 'utf8');
    await scene.beginAnew();
    await scene.reopen((folder) => writeFile(join(folder, 'log', 'key'), key));
    await scene.store.append({ events: [failure('forged', 10)] });
    await scene.store.append({ events: [failure('forged', 11)] });
    await scene.store.append({ events: [later] });
    const forged = await proofOf(named, 2);
    expect(check(forged)).toMatchObject({ size: 3 });
    expect(() => check(forged, kept)).toThrow('rewritten');
  });

  /** Checks with a key that nobody trusts. */
  function checkOther(checkpoint: string): never {
    const stranger = makeKey('127.0.0.1:4600/log').verifier;
    throw new Error(String(parseCheckpoint(checkpoint).note.signatures.some(({ id }) => id === stranger.id)));
  }

  it('needs the key of the log and the witnesses that are asked for', async () => {
    await recordSome();
    const proof = await proofOf(event);
    const stranger = makeKey('127.0.0.1:4600/log').verifier;
    expect(() => checkProof(proof, { keys: [stranger], witnesses: [] })).toThrow('not signed by a key');
    const { cosigner, cosign } = witnessOf('witness.example');
    const trust = { keys: [scene.store.log.verifier], witnesses: [cosigner] };
    expect(() => checkProof(proof, trust)).toThrow('witness.example has not cosigned');
    const cosigned = cosign(proof.checkpoint);
    await scene.store.log.cosign(cosigned, [cosigner]);
    expect(checkProof(await proofOf(event), trust)).toMatchObject({ witnesses: ['witness.example'] });
    await scene.reopen();
    expect(checkProof(await proofOf(event), trust).size).toBe(2);
    await expect(scene.store.log.cosign(cosigned, [cosigner])).rejects.toThrow('no new signature');
  });

  it('bears the cosignature of an earlier checkpoint that has its receipt', async () => {
    await recordSome();
    const { cosigner, cosign } = witnessOf('slow.example');
    const kept = await scene.store.log.checkpoint();
    const later = failure('later', 50);
    const named: Provable = { type: 'event', kind: 'failure', at: later.at, id: later.id };
    await scene.store.append({ events: [later] });
    scene.clock.now = shift(scene.clock.now, 5_000);
    expect(check(await proofOf(named)).size).toBe(3);
    await scene.store.log.cosign(cosign(kept), [cosigner]);
    const trust = { keys: [scene.store.log.verifier], witnesses: [cosigner] };
    expect(checkProof(await proofOf(event), trust)).toMatchObject({ size: 2, witnesses: ['slow.example'] });
    expect(check(await proofOf(named)).size).toBe(3);
    await scene.reopen();
    expect(scene.store.log.cosigned).toBe(cosign(kept));
    expect(checkProof(await proofOf(event), trust).size).toBe(2);
    const newest = cosign(await scene.store.log.checkpoint());
    expect(await scene.store.log.cosign(newest, [cosigner])).toBe(newest);
    expect(checkProof(await proofOf(event), trust).size).toBe(3);
    const second = witnessOf('second.example');
    await expect(scene.store.log.cosign(second.cosign(kept), [second.cosigner])).rejects.toThrow('A later');
    const other = makeKey('127.0.0.1:4600/log');
    const forged = noteText(signNote(parseCheckpoint(kept).note.text, other));
    await expect(scene.store.log.cosign(cosign(forged), [cosigner])).rejects.toThrow('did not sign');
  });

  it('is not made of what was changed, nor of what came before the log', async () => {
    await recordSome();
    await scene.reopen((folder) =>
      tamper(folder, `UPDATE event SET reason = 'forged' WHERE service = 'cart'`),
    );
    await expect(proofOf(event)).rejects.toThrow('not what was recorded');
    await scene.reopen((folder) => tamper(folder, `DELETE FROM event WHERE service = 'cart'`));
    await expect(proofOf(event)).rejects.toThrow('the log has 3 receipts, and 2 are left');
  });

  it('holds for a batch of more parts than fit into its entry', async () => {
    const many = Array.from({ length: 900 }, (_, nth) => failure('old', -nth * DAY_MS));
    await scene.store.append({ events: many });
    for (const one of [many[0], many[450], many[899]]) {
      if (one === undefined) throw new Error('no such event');
      const named = parsePath(pathOfEvent(one));
      if (named?.type !== 'event') throw new Error('no event');
      const proof = await proofOf(named);
      expect(Buffer.byteLength(proof.entry)).toBeLessThan(65_535);
      expect(check(proof)).toMatchObject({ batch: 1, kind: 'failure' });
    }
    expect((await scene.store.log.verify({})).difference).toBeUndefined();
  });
});

describe('checkpoints', () => {
  it('go on from each other, and are on disk before they are shown', async () => {
    await recordSome();
    const heads = [];
    for (let nth = 0; nth < 4; nth++) {
      for (let more = 0; more <= nth; more++) {
        await scene.store.append({ events: [failure('c', 1_000 * nth + more)] });
      }
      scene.clock.now = shift(scene.clock.now, 5_000);
      const text = await scene.store.log.checkpoint();
      expect(await readFile(join(scene.folder, 'log', 'checkpoint'), 'utf8')).toBe(text);
      heads.push(parseCheckpoint(text));
    }
    for (const [nth, old] of heads.entries()) {
      for (const grown of heads.slice(nth)) {
        const path = await scene.store.log.consistency(old.size, grown.size);
        expect(isConsistent(old, grown, path)).toBe(true);
      }
    }
  });

  it('are signed once a second at most', async () => {
    await recordSome();
    const one = await scene.store.log.checkpoint();
    await scene.store.append({ events: [failure('c', 1)] });
    expect(await scene.store.log.checkpoint()).toBe(one);
    scene.clock.now = shift(scene.clock.now, 1_000);
    expect(parseCheckpoint(await scene.store.log.checkpoint()).size).toBe(3);
  });

  it('are never signed again once the store does not begin with the last one', async () => {
    await recordSome();
    const kept = await scene.store.log.checkpoint();
    await scene.reopen((folder) =>
      tamper(folder, `UPDATE event SET reason = 'forged' WHERE service = 'cart'`, otherHashes(1)),
    );
    expect(scene.store.log.fault).toContain('do not begin with the 2 that were signed');
    await expect(scene.store.log.checkpoint()).rejects.toMatchObject({ code: 'log-inconsistent' });
    // Everything else goes on.
    expect((await scene.store.append({ events: [failure('later', 1)] })).events).toBe(1);
    await expect(scene.store.log.checkpoint()).rejects.toMatchObject({ code: 'log-inconsistent' });
    expect(await readFile(join(scene.folder, 'log', 'checkpoint'), 'utf8')).toBe(kept);
    expect((await scene.store.log.verify({})).difference?.what).toContain('signed with another root');
  });

  it('are not signed for a store that lost batches, nor after one that cannot be read', async () => {
    await recordSome();
    const kept = await scene.store.log.checkpoint();
    await scene.reopen((folder) => tamper(folder, 'DELETE FROM batch WHERE number = 2'));
    await expect(scene.store.log.checkpoint()).rejects.toMatchObject({ code: 'log-inconsistent' });
    await scene.reopen((folder) =>
      writeFile(join(folder, 'log', 'checkpoint'), kept.replace('\n2\n', '\n1\n')),
    );
    expect(scene.store.log.fault).toContain('not one that the key there signed');
  });
});

describe('the key', () => {
  it('is made once, for its owner alone, and refused when others may read it', async () => {
    const path = join(scene.folder, 'log', 'key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { id } = scene.store.log.verifier;
    await scene.reopen();
    expect(scene.store.log.verifier.id).toBe(id);
    await scene.reopen(async (folder) => {
      await chmod(path, 0o640);
      await expect(openAt(folder, scene.clock)).rejects.toThrow('chmod 600');
      await chmod(path, 0o600);
    });
  });

  it('hands over to the next one, and proofs of either time hold for who trusts the first', async () => {
    await recordSome();
    const trust = { keys: [scene.store.log.verifier], witnesses: [] };
    const early = await proofOf(event);
    await scene.store.log.rotateKey();
    await scene.reopen();
    await scene.store.append({ events: [failure('later', 5)] });
    scene.clock.now = shift(scene.clock.now, 5_000);
    const late = await proofOf(event);
    expect(parseCheckpoint(late.checkpoint).note.signatures[0]?.id).toBe(scene.store.log.verifier.id);
    expect(checkProof(early, trust)).toMatchObject({ size: 2 });
    expect(checkProof(late, trust)).toMatchObject({ size: 3 });
    expect(checkProof(late, { ...trust, keys: [scene.store.log.verifier] }).size).toBe(3);
    expect(() => checkProof({ ...late, rotations: [] }, trust)).toThrow('not signed by a key');
    expect((await scene.store.log.verify({})).difference).toBeUndefined();
    // A crash between the note and the key.
    const old = await readFile(join(scene.folder, 'log', 'key'), 'utf8');
    await scene.store.log.rotateKey();
    const { id } = scene.store.log.verifier;
    await scene.reopen(async (folder) => {
      await rename(join(folder, 'log', 'key'), join(folder, 'log', 'key.next'));
      await writeFile(join(folder, 'log', 'key'), old, { mode: 0o600 });
    });
    expect(scene.store.log.verifier.id).toBe(id);
    expect(scene.store.log.fault).toBeUndefined();
  });
});
