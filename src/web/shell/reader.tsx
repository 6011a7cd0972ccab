/** Who reads, where the server asks for that. */
import { session } from '../data/session.js';

/** The reader's name, and the way out; nothing where everyone may do everything. */
export function Reader() {
  const who = session.value;
  if (who === undefined || !who.isAsked) return null;
  if (who.name === undefined) return <a href="/login">Log in</a>;
  return (
    <span class="row small">
      <span class="cut" style={{ maxWidth: '12rem' }} title={`May: ${who.scopes.join(', ')}`}>
        {who.name}
      </span>
      <form method="post" action="/session/end">
        <button type="submit" class="quiet">
          Log out
        </button>
      </form>
    </span>
  );
}
