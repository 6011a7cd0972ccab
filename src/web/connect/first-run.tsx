/** What the overview says first where nothing at all has come in. */
import { Link } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { ConnectedDocument } from '../generated/graphql.js';
import { Empty } from '../states/states.js';
import { isUntouched } from './connected.js';

/** Leads to the lines to paste; nothing where evidence comes in. */
export function FirstRun() {
  const { data } = useQuery(ConnectedDocument, {}, { subject: 'connections' });
  if (data === undefined || !isUntouched(data.connections)) return null;
  return (
    <div class="section">
      <Empty title="Nothing has come in yet">
        This server has no evidence to tell of. <Link href="/connect">Connect the first sender</Link>:
        Prometheus and Alertmanager are the two to begin with.
      </Empty>
    </div>
  );
}
