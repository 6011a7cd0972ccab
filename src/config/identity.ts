/** The settings that say whom identity providers and passwords stand for. */
import { z } from 'zod';
import { algorithms, type Scope, scopes } from '../access/index.js';
import { eachOnce, fromText, unknownKeys, url } from './outgoing.js';
import { quantity } from './quantity.js';

const MOST_ISSUERS = 10;
const MOST_USERS = 200;

const scopeList = z
  .array(z.enum(scopes, `expected one of ${scopes.join(', ')}`), 'expected a list of scopes')
  .min(1, 'expected at least one scope');

const text = z.string('expected a text').min(1, 'expected a text that is not empty').max(1_000);

/** What the values of a claim stand for unless it is said: `genchi:read` for `read`. */
const ownScopes: Readonly<Record<string, Scope[]>> = Object.fromEntries(
  scopes.map((scope) => [`genchi:${scope}`, [scope]]),
);

const issuer = z.strictObject(
  {
    issuer: url,
    audience: text,
    jwksUrl: url.optional(),
    algorithms: z
      .array(z.enum(algorithms, `expected one of ${algorithms.join(', ')}`), 'expected a list of algorithms')
      .min(1, 'expected at least one algorithm')
      .default(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']),
    clockToleranceS: quantity('seconds', 0, 300).default(30),
    scopeClaim: text.default('scope'),
    scopes: z.record(text, scopeList, 'expected scopes by the values of the claim').default({ ...ownScopes }),
    nameClaim: text.default('sub'),
  },
  {
    error: unknownKeys(
      'expected an issuer with issuer, audience, jwksUrl, algorithms, clockToleranceS, scopeClaim, scopes and nameClaim',
    ),
  },
);

/** Takes the value of the config file, or the same as JSON in a flag or an environment variable. */
export const oidcSchema = z.preprocess(
  fromText,
  z
    .array(issuer, 'expected a list of issuers')
    .max(MOST_ISSUERS, `expected at most ${MOST_ISSUERS} issuers`)
    .superRefine(eachOnce(['issuer'])),
);

/** The cost is bounded: each step doubles what a wrong password costs this server. */
const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-4])\$[./A-Za-z0-9]{53}$/;

const user = z.strictObject(
  {
    name: z.string('expected a name').regex(/^[^:\p{Cc}]{1,200}$/u, 'expected a name without ":"'),
    passwordHash: z
      .string('expected a bcrypt hash')
      .regex(BCRYPT, 'expected a bcrypt hash of cost 4 to 14, as `htpasswd -nBC 10 NAME` writes it'),
    scopes: scopeList,
  },
  { error: unknownKeys('expected a user with name, passwordHash and scopes') },
);

/** A user of the settings, with the hash of a password. */
export type BasicAuthUser = Readonly<z.output<typeof user>>;

/** Takes the value of the config file, or the same as JSON in a flag or an environment variable. */
export const basicAuthSchema = z.preprocess(
  fromText,
  z
    .array(user, 'expected a list of users')
    .max(MOST_USERS, `expected at most ${MOST_USERS} users`)
    .superRefine(eachOnce(['name'])),
);

/** The users as they may be printed. */
export function withoutHashes(users: readonly BasicAuthUser[]): readonly BasicAuthUser[] {
  return users.map((one) => ({ ...one, passwordHash: '(not shown)' }));
}
