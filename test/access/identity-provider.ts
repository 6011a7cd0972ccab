/** An identity provider for tests: real HTTP, real keys, tokens of every sort. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly jwk: object;
}

async function makeKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Starts an identity provider on a free port. */
export async function identityProvider() {
  let keys = [await makeKey('one')];
  const counts = { discovery: 0, keys: 0 };
  let answerKeys = (): string => JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
  let named: string | undefined;
  const server = createServer((request, response) => {
    const isKeys = request.url === '/keys';
    counts[isKeys ? 'keys' : 'discovery'] += 1;
    response.setHeader('content-type', 'application/json');
    response.end(
      isKeys ? answerKeys() : JSON.stringify({ issuer: named ?? issuer, jwks_uri: `${issuer}/keys` }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    counts,
    /** A token of the newest key. */
    sign: async (claims: JWTPayload = {}, header: Record<string, string> = {}) => {
      const [key] = keys.slice(-1);
      if (key === undefined) throw new TypeError('no key');
      return await new SignJWT({ scope: 'genchi:read', ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: key.kid, ...header })
        .setIssuer(claims.iss ?? issuer)
        .setAudience(claims.aud ?? 'genchi')
        .setSubject(claims.sub ?? 'alice')
        .setExpirationTime(claims.exp ?? '5m')
        .setIssuedAt()
        .sign(key.privateKey);
    },
    /** Public keys, as everybody can read them. */
    jwks: () => keys.map(({ jwk }) => jwk),
    rotate: async (kid: string) => {
      keys = [await makeKey(kid)];
    },
    answerKeysWith: (answer: () => string) => {
      answerKeys = answer;
    },
    callItself: (name: string) => {
      named = name;
    },
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
