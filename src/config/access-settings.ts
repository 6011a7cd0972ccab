/** The settings of who may ask, and of what may not be kept. */

import { basicAuthSchema, oidcSchema } from './identity.js';
import { redactionSchema } from './redaction.js';
import { file, oneOf, type Setting, toggle } from './setting.js';

/** Part of the table of all settings. */
export const accessSettings = {
  auth: oneOf(
    'whether those who ask must say who they are: auto is as soon as there is a token, an OIDC issuer or a user',
    ['auto', 'required', 'off'],
    'auto',
  ),
  oidc: {
    schema: oidcSchema,
    fallback: [],
    expected:
      'a list of issuers, each with issuer, audience, and maybe jwksUrl, scopeClaim, scopes and nameClaim',
    value: 'JSON',
    help: 'identity providers (OpenID Connect) whose JWTs are taken, with what their claims allow',
  },
  basicAuth: {
    schema: basicAuthSchema,
    fallback: [],
    expected: 'a list of users, each with name, passwordHash and scopes',
    value: 'JSON',
    help: 'users with bcrypt hashes of their passwords, for the basic_auth of Prometheus and for browsers',
  },
  tlsCert: file(
    'certificate to be asked by TLS (1.2 or later), PEM; read again when it changes, or on SIGHUP',
  ),
  tlsKey: file('private key of that certificate, PEM'),
  tlsClientCa: file('authorities of clients, PEM: with it every client has to show a certificate of theirs'),
  caFile: file(
    'authorities that webhooks, identity providers and federated endpoints are trusted by, beside those of Node, PEM',
  ),
  insecure: toggle('allow an address other than loopback, open to everyone who reaches it', false),
  redaction: {
    schema: redactionSchema,
    fallback: { rules: [], without: [] },
    expected:
      'rules, each with name, pattern and maybe sensitivity, and without, names of rules to leave out',
    value: 'JSON',
    help: 'what labels may not hold, and what is taken out of the texts of events, beside what comes with Genchi',
  },
} as const satisfies Readonly<Record<string, Setting>>;
