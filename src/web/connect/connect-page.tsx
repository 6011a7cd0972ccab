/** Connect: the lines that make senders send here, each turning green as its first data arrive. */
import '../forms/forms.css';
import './connect.css';
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { ConnectedDocument } from '../generated/graphql.js';
import { useTitle } from '../parts/title.js';
import { Answered } from '../states/states.js';
import { isUntouched } from './connected.js';
import { useFreshness } from './freshness.js';
import { isLoopback } from './lines.js';
import { Ways } from './ways.js';

function AddressField({
  address,
  set,
}: {
  readonly address: string;
  readonly set: (address: string) => void;
}) {
  const isFit = URL.canParse(address) && /^https?:/.test(address);
  return (
    <div class="field address">
      <label for="address">The address that senders reach this server at</label>
      <input
        id="address"
        value={address}
        spellcheck={false}
        aria-invalid={!isFit}
        aria-describedby="address-said"
        onInput={({ currentTarget }) => set(currentTarget.value.trim().replace(/\/+$/, ''))}
      />
      <span id="address-said" class={isFit ? 'soft small' : 'fault small'}>
        {!isFit
          ? 'Expected an address such as https://genchi.example:4600.'
          : isLoopback(address)
            ? 'Only programs on this very machine reach it; others need its name or address in the network.'
            : 'The lines below follow it.'}
      </span>
    </div>
  );
}

/** The ways, with their lines; `title` is what the page says first. */
export function Connecting() {
  const query = useQuery(ConnectedDocument, {}, { subject: 'connections' });
  const [address, setAddress] = useState(window.location.origin);
  useFreshness(query);
  const isFit = URL.canParse(address) && /^https?:/.test(address);
  return (
    <Answered query={query} what="what is connected" lines={6}>
      {({ connections }) => (
        <>
          {isUntouched(connections) && (
            <p class="first-run">
              Nothing has come in yet. Connect one of these, and this page turns green as its first data
              arrive; Prometheus and Alertmanager are the two to begin with. To look around first,{' '}
              <code>npm run demo</code> plays an outage of a simulated shop.
            </p>
          )}
          {!isUntouched(connections) && (
            <p class="first-run">
              Evidence comes in: <Link href="/">the overview</Link> shows how things stand.
            </p>
          )}
          <AddressField address={address} set={setAddress} />
          <Ways
            connections={connections}
            place={{
              address: isFit ? address : window.location.origin,
              asksForTokens: connections.asksForTokens,
            }}
          />
        </>
      )}
    </Answered>
  );
}

/** The page. */
export function ConnectPage() {
  useTitle('Connect');
  return (
    <>
      <div class="page-head">
        <h1>Connect</h1>
      </div>
      <Connecting />
    </>
  );
}
