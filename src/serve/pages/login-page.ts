/** The page at `/login`: a form that needs no script. */
import { html } from './html.js';
import { page } from './layout.js';

/** What the form is made for. */
export interface LoginForm {
  /** The path that it leads to. */
  readonly next: string;
  /** Whether a user and a password do, beside a token. */
  readonly hasUsers: boolean;
  /** Why the last try failed. */
  readonly problem?: string | undefined;
}

/** Writes the page. */
export function loginPage({ next, hasUsers, problem }: LoginForm): string {
  const user = html`<p><label for="user">User</label> <input id="user" name="user" autocomplete="username" maxlength="200">
<label for="password">Password</label> <input id="password" name="password" type="password" autocomplete="current-password" maxlength="200"></p>
<p class="soft">or</p>`;
  return page({
    title: 'Log in',
    main: html`<h1>Log in</h1>
${problem === undefined ? undefined : html`<section role="alert"><p>${problem}</p></section>`}
<form action="/session" method="post">
<input type="hidden" name="next" value="${next}">
${hasUsers ? user : undefined}
<p><label for="token">Token</label> <input id="token" name="token" type="password" autocomplete="off" size="48" maxlength="16384"></p>
<p><button type="submit">Log in</button></p>
</form>
<p class="soft">Whoever looks after this server makes tokens: <code>genchi token create NAME --scope read</code>.</p>`,
  });
}

/** Writes the page that says who is logged in, with the way out. */
export function sessionPage(name: string, scopes: readonly string[]): string {
  return page({
    title: 'Session',
    main: html`<h1>Logged in</h1>
<p>As <strong>${name}</strong>, who may: ${scopes.length === 0 ? 'nothing' : scopes.join(', ')}.</p>
<form action="/session/end" method="post"><p><button type="submit">Log out</button></p></form>`,
  });
}

/**
 * Writes the page that a link from elsewhere leads to: browsers leave the cookie of the session at home then, and bring
 * it when a page of this server, as this one is, leads on.
 */
export function hopPage(path: string): string {
  return page({
    title: 'One moment',
    refreshTo: path,
    main: html`<p><a href="${path}">Go on</a></p>`,
  });
}
