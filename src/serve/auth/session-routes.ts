/** `/login` and `/session`: how browsers, and the pages of this server, come in and go out. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { AccessError, everyone, type Principal } from '../../access/index.js';
import { formatInstant } from '../../model/index.js';
import { PAGE_WITH_FORM } from '../pages/layout.js';
import { loginPage, sessionPage } from '../pages/login-page.js';
import { prefersPage } from '../pages/negotiation.js';
import { sessionCookieOf, setSessionCookie } from './cookie.js';
import { type Credentials, credentialsOf } from './credentials.js';
import type { Gate } from './gate.js';
import { isSameOrigin, nextPath } from './same-origin.js';

const MOST_BODY_BYTES = 32_768;
const OPEN = { config: { scope: 'open' } } as const;

const shown = z.object({
  token: z.string().optional(),
  user: z.string().optional(),
  password: z.string().optional(),
  next: z.string().optional(),
});
type Shown = z.output<typeof shown>;

const described = ({ method, name, scopes, expiresAt }: Principal) => ({
  ...{ method, name, scopes },
  expiresAt: expiresAt === undefined ? null : formatInstant(expiresAt),
});

/** Who asks, or nobody: here that is an answer, and not an error. */
async function whoAsks(gate: Gate, request: FastifyRequest): Promise<Principal | undefined> {
  if (!gate.isAsked) return everyone;
  try {
    return await gate.identify(request);
  } catch (error) {
    if (error instanceof AccessError && error.code === 'unauthenticated') return undefined;
    throw error;
  }
}

function sendPage(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply
    .status(status)
    .header('content-security-policy', PAGE_WITH_FORM)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page);
}

const isForm = ({ headers }: FastifyRequest): boolean =>
  headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;

function credentialsIn({ token = '', user = '', password = '' }: Shown): Credentials {
  if (token !== '') return { type: 'bearer', token: token.trim() };
  if (user !== '') return { type: 'basic', user, password };
  throw new AccessError('unauthenticated', 'Expected a token, or a user and a password.');
}

function readShown({ body }: FastifyRequest): Shown {
  const found = shown.safeParse(body ?? {});
  if (found.success) return found.data;
  throw new AccessError('unauthenticated', 'Expected token, or user and password, as texts.');
}

class SessionDesk {
  readonly #gate: Gate;

  constructor(gate: Gate) {
    this.#gate = gate;
  }

  async #open(request: FastifyRequest, given: Shown): Promise<{ principal: Principal; cookie?: string }> {
    if (!this.#gate.isAsked) return { principal: everyone };
    // Who logs somebody else in, as himself, would see what that one does.
    if (isForm(request) && !isSameOrigin(request.headers)) {
      throw new AccessError('forbidden', 'The form of another site cannot log in here.');
    }
    const credentials = credentialsOf(request.headers.authorization) ?? credentialsIn(given);
    const principal = await this.#gate.check(credentials, request.ip);
    return { principal, cookie: this.#gate.sessions.open(principal) };
  }

  async login(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const given = readShown(request);
    const next = nextPath(given.next);
    try {
      const { principal, cookie } = await this.#open(request, given);
      if (cookie !== undefined) reply.header('set-cookie', setSessionCookie(cookie, this.#gate.secure));
      reply.header('cache-control', 'no-store');
      return isForm(request) ? reply.redirect(next, 303) : reply.send(described(principal));
    } catch (error) {
      if (!isForm(request) || !(error instanceof AccessError)) throw error;
      const { hasUsers } = this.#gate;
      return sendPage(reply, error.status, loginPage({ next, hasUsers, problem: error.message }));
    }
  }

  end(request: FastifyRequest, reply: FastifyReply): void {
    if (!isSameOrigin(request.headers)) {
      throw new AccessError('forbidden', 'A session is ended by pages of this server alone.');
    }
    const { secure, sessions } = this.#gate;
    const cookie = sessionCookieOf(request.headers.cookie, secure);
    if (cookie !== undefined) sessions.close(cookie);
    reply.header('set-cookie', setSessionCookie('', secure)).header('clear-site-data', '"cache"');
  }

  async form(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const asked = new URLSearchParams(Object(request.query)).get('next') ?? undefined;
    const next = nextPath(asked);
    const principal = await whoAsks(this.#gate, request);
    if (principal !== undefined) return reply.redirect(next, 303);
    return sendPage(reply, 200, loginPage({ next, hasUsers: this.#gate.hasUsers }));
  }

  async tell(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const principal = await whoAsks(this.#gate, request);
    reply.header('cache-control', 'no-store').header('vary', 'accept, cookie, authorization');
    if (prefersPage(request.headers.accept)) {
      if (principal === undefined) return reply.redirect('/login?next=/session', 303);
      return sendPage(reply, 200, sessionPage(principal.name, principal.scopes));
    }
    return reply.send({
      authentication: this.#gate.isAsked,
      login: this.#gate.hasUsers ? ['token', 'password'] : ['token'],
      principal: principal === undefined ? null : described(principal),
    });
  }
}

/**
 * Adds `GET /login`, the form; `POST /session`, which takes it (or JSON) and sets the cookie; `GET /session`, which says
 * who asks, what they may, and whether anybody is asked; `DELETE /session` and, for forms, `POST /session/end`.
 */
export function registerSessions(server: FastifyInstance, gate: Gate): void {
  const desk = new SessionDesk(gate);
  server.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MOST_BODY_BYTES },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    scope.get('/login', OPEN, (request, reply) => desk.form(request, reply));
    scope.get('/session', OPEN, (request, reply) => desk.tell(request, reply));
    scope.post('/session', { ...OPEN, bodyLimit: MOST_BODY_BYTES }, (request, reply) =>
      desk.login(request, reply),
    );
    scope.delete('/session', OPEN, async (request, reply) => {
      desk.end(request, reply);
      return reply.status(204).send();
    });
    scope.post('/session/end', OPEN, async (request, reply) => {
      desk.end(request, reply);
      return reply.redirect('/login', 303);
    });
  });
}
