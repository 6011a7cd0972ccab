import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  keyRanges,
  parseCheckpoint,
  parseRotation,
  rotationText,
  signerOf,
} from '../../../src/evidence/log/checkpoint.js';
import {
  cosignedText,
  isSignedBy,
  noteText,
  parseNote,
  parseVerifierKey,
  SIGNATURE_TYPE,
  verifierKey,
  verifierText,
} from '../../../src/evidence/log/note.js';
import { makeKey, parseKey, signedText, signNote } from '../../../src/evidence/log/signing-key.js';
import { EMPTY_ROOT } from '../../../src/evidence/log/tree.js';

// The note of Go's `note` package, which C2SP's signed-note is taken from, with its key.
const GO_KEY = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`;
const GO_SIGNING_KEY = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';

// The examples of C2SP's signed-note and tlog-cosignature.
const QUASIMODO = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`;
const BEHIND_THE_SOFA = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;

describe('a signed note', () => {
  it('of the reference implementation is verified by its key, and no other text is', () => {
    const key = parseVerifierKey(GO_KEY);
    expect(isSignedBy(parseNote(GO_NOTE), key)).toBe(true);
    expect(isSignedBy(parseNote(GO_NOTE.replace('answer', 'cause')), key)).toBe(false);
    expect(verifierText(key)).toBe(GO_KEY);
  });

  it('is signed as the reference implementation signs it', () => {
    const key = parseKey(GO_SIGNING_KEY);
    const { text } = parseNote(GO_NOTE);
    expect(key && signedText(text, key)).toBe(GO_NOTE);
    expect(key && verifierText(key.verifier)).toBe(GO_KEY);
  });

  it('is read as the specifications write it, and written as it was read', () => {
    for (const text of [QUASIMODO, BEHIND_THE_SOFA]) expect(noteText(parseNote(text))).toBe(text);
    const [, witness] = parseNote(BEHIND_THE_SOFA).signatures;
    expect(witness).toMatchObject({ name: 'witness.example.com/w1', id: '8d66cf3f' });
    // When the witness saw it, as the specification says.
    expect(Buffer.from(witness?.signature ?? []).readBigUInt64BE(0)).toBe(1679315147n);
    expect(parseCheckpoint(BEHIND_THE_SOFA)).toMatchObject({
      origin: 'example.com/behind-the-sofa',
      size: 20852163,
    });
  });

  it('is refused where it is none: no signature, control characters, other base64', () => {
    for (const text of [
      '',
      'text\n',
      'text\n\n',
      GO_NOTE.slice(0, -1),
      GO_NOTE.replace('think', 'think\u0007'),
      GO_NOTE.replace('nAM=', 'nAN='),
      GO_NOTE.replace('\u2014', '-'),
    ]) {
      expect(() => parseNote(text), JSON.stringify(text.slice(-30))).toThrow('signed note');
    }
    expect(() => parseVerifierKey(GO_KEY.replace('c74f', 'c74e'))).toThrow('verifier key');
  });
});

describe('a cosignature', () => {
  it('is verified over its time and the note, by the key of its witness', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const key = verifierKey(
      'witness.example.com/w1',
      SIGNATURE_TYPE.cosignature,
      Buffer.from(x, 'base64url'),
    );
    const { text, signatures } = parseNote(BEHIND_THE_SOFA);
    // The message as the specification writes it out.
    expect(cosignedText(text, 1679315147n)).toBe(
      'cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n',
    );
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(1679315147n);
    const own = sign(null, Buffer.from(cosignedText(text, 1679315147n)), privateKey);
    const signature = Buffer.concat([time, own]);
    const note = { text, signatures: [...signatures, { name: key.name, id: key.id, signature }] };
    expect(isSignedBy(note, key)).toBe(true);
    signature[7] = (signature[7] ?? 0) ^ 1;
    expect(isSignedBy(note, key)).toBe(false);
    expect(parseVerifierKey(verifierText(key))).toMatchObject({ name: key.name, type: 4, id: key.id });
  });
});

describe('keys of a log that was handed over', () => {
  const [one, two, three, other] = ['log', 'log', 'log', 'log'].map(makeKey) as [
    ReturnType<typeof makeKey>,
    ReturnType<typeof makeKey>,
    ReturnType<typeof makeKey>,
    ReturnType<typeof makeKey>,
  ];
  const head = (size: number) => ({ size, root: EMPTY_ROOT, origin: 'log' });
  const handOver = (from: typeof one, to: typeof one, size: number) =>
    parseRotation(
      noteText(signNote(rotationText({ ...head(size), previous: from.verifier, next: to.verifier }), from)),
    );
  const rotations = [handOver(one, two, 10), handOver(two, three, 20)];
  const signedBy = (key: typeof one, size: number) =>
    parseCheckpoint(signedText(`log\n${size}\n${Buffer.from(EMPTY_ROOT).toString('base64')}\n`, key));
  const accepts = (key: typeof one, size: number, trusted = one) =>
    signerOf(signedBy(key, size), keyRanges([trusted.verifier], rotations)) !== undefined;

  it('each sign within their sizes, whoever trusts the first one', () => {
    expect([accepts(one, 10), accepts(two, 10), accepts(two, 20), accepts(three, 20)]).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect([accepts(one, 11), accepts(two, 9), accepts(two, 21), accepts(three, 19)]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('sign nothing for who trusts a later one alone, nor when another key handed over', () => {
    expect(accepts(three, 30, three)).toBe(true);
    expect(accepts(one, 5, three)).toBe(false);
    const forged = [handOver(other, three, 10)];
    expect(signerOf(signedBy(three, 30), keyRanges([one.verifier], forged))).toBeUndefined();
  });
});
