import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IssuerSetting, Issuers } from '../../src/access/index.js';
import { instantOf } from '../../src/model/index.js';
import { identityProvider } from './identity-provider.js';

let provider: Awaited<ReturnType<typeof identityProvider>>;
let aheadMs = 0;
const clock = () => instantOf(Date.now() + aheadMs);

beforeEach(async () => {
  aheadMs = 0;
  provider = await identityProvider();
});
afterEach(() => provider.close());

function trusting(more: Partial<IssuerSetting> = {}): Issuers {
  const setting: IssuerSetting = {
    issuer: provider.issuer,
    audience: 'genchi',
    algorithms: ['ES256'],
    clockToleranceS: 30,
    scopeClaim: 'scope',
    scopes: { 'genchi:read': ['read'], sre: ['operate', 'ingest'] },
    nameClaim: 'sub',
    ...more,
  };
  return new Issuers([setting], clock);
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a JWT', () => {
  it('stands for its subject, with the scopes that its claims are said to mean, until it expires', async () => {
    const principal = await trusting().principalOf(await provider.sign({ scope: 'openid genchi:read sre' }));
    expect(principal).toMatchObject({
      method: 'oidc',
      id: `${provider.issuer} alice`,
      name: 'alice',
      scopes: ['ingest', 'read', 'operate'],
    });
    expect(Number(principal?.expiresAt) - clock()).toBeGreaterThan(300_000);
  });

  it('may name its scopes deep in its claims, as a list, and its subject by another claim', async () => {
    const issuers = trusting({ scopeClaim: 'realm_access.roles', nameClaim: 'email' });
    const claims = { realm_access: { roles: ['sre'] }, email: 'alice@example.com' };
    expect(await issuers.principalOf(await provider.sign(claims))).toMatchObject({
      name: 'alice@example.com',
      scopes: ['ingest', 'operate'],
    });
    for (const roles of [undefined, 7, { sre: true }, ['SRE', '__proto__', 'constructor']]) {
      const other = await provider.sign({ realm_access: { roles } });
      expect((await issuers.principalOf(other))?.scopes).toEqual([]);
    }
  });

  it.each([
    ['of another audience', { aud: 'other' }],
    ['of another issuer', { iss: 'https://evil.example' }],
    ['that has expired', { exp: Math.floor(Date.now() / 1_000) - 60 }],
  ])('%s is refused', async (_, claims) => {
    expect(await trusting().principalOf(await provider.sign(claims))).toBeUndefined();
  });

  it('is taken so long after it expired as clocks may differ, and not longer', async () => {
    const token = await provider.sign({ exp: Math.floor(Date.now() / 1_000) + 100 });
    const issuers = trusting();
    aheadMs = 120_000;
    expect(await issuers.principalOf(token)).toBeDefined();
    aheadMs = 135_000;
    expect(await issuers.principalOf(token)).toBeUndefined();
  });

  it('is refused when nobody signed it, when a shared secret did, and when anything of it was changed', async () => {
    const issuers = trusting({ algorithms: ['ES256', 'RS256'] });
    const good = await provider.sign();
    const [head = '', body = '', signature = ''] = good.split('.');
    const claims = { iss: provider.issuer, aud: 'genchi', sub: 'alice', exp: 4_000_000_000, scope: 'sre' };
    const [jwk] = provider.jwks();
    const hmac = (header: string) =>
      createHmac('sha256', JSON.stringify(jwk))
        .update(`${header}.${part(claims)}`)
        .digest('base64url');
    const confused = part({ alg: 'HS256', kid: 'one' });
    const forged = [
      `${part({ alg: 'none' })}.${part(claims)}.`,
      `${part({ alg: 'None', kid: 'one' })}.${part(claims)}.${signature}`,
      `${confused}.${part(claims)}.${hmac(confused)}`,
      `${head}.${part(claims)}.${signature}`,
      `${part({ alg: 'ES256', kid: 'two' })}.${body}.${signature}`,
      `${part({ alg: 'ES256', jwk })}.${part(claims)}.${signature}`,
      `${part({ alg: 'RS256', kid: 'one' })}.${body}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      'a.b.c',
      'x'.repeat(50_000),
    ];
    expect(await issuers.principalOf(good)).toBeDefined();
    for (const token of forged) expect(await issuers.principalOf(token), token).toBeUndefined();
  });

  it('of a new key is taken when the provider rotates, and unknown keys do not make it be asked again and again', async () => {
    const issuers = trusting();
    await issuers.principalOf(await provider.sign());
    const old = await provider.sign();
    await provider.rotate('two');
    // Within the cool-down a key that nobody knows is refused without asking.
    for (let count = 0; count < 20; count++) {
      expect(await issuers.principalOf(await provider.sign())).toBeUndefined();
    }
    expect(provider.counts).toEqual({ discovery: 1, keys: 1 });
    const fresh = trusting();
    expect(await fresh.principalOf(await provider.sign())).toBeDefined();
    expect(await fresh.principalOf(old)).toBeUndefined();
  });

  it('is no reason to wait for long, nor to read much, when the provider misbehaves', async () => {
    provider.answerKeysWith(() => `{"keys":[${' '.repeat(400_000)}]}`);
    await expect(trusting().principalOf(await provider.sign())).rejects.toMatchObject({
      code: 'identity-unavailable',
      status: 503,
    });
    provider.callItself('https://other.example');
    const issuers = trusting();
    const token = await provider.sign();
    await expect(issuers.principalOf(token)).rejects.toThrow('is not the configuration of');
    const asked = provider.counts.discovery;
    await expect(issuers.principalOf(token)).rejects.toThrow('a moment ago');
    expect(provider.counts.discovery).toBe(asked);
    aheadMs = 11_000;
    await expect(issuers.principalOf(token)).rejects.toThrow('is not the configuration of');
  });

  it('needs no discovery where the address of the keys is given', async () => {
    const issuers = trusting({ jwksUrl: `${provider.issuer}/keys` });
    expect(await issuers.principalOf(await provider.sign())).toBeDefined();
    expect(provider.counts).toEqual({ discovery: 0, keys: 1 });
  });
});
