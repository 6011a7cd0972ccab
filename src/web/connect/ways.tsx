/** The ways in and out, each with its lines and whether it is used by now. */
import type { ComponentChildren } from 'preact';
import { CopyBlock } from '../forms/copy-block.js';
import type { ConnectedQuery } from '../generated/graphql.js';
import { Badge } from '../parts/marks.js';
import { Time } from '../parts/text.js';
import { doorsStanding, type Standing, samplesStanding, scrapeStanding } from './connected.js';
import {
  alertmanagerLines,
  cdEventLines,
  dashboardLines,
  type Lines,
  openTelemetryLines,
  type Place,
  prometheusLines,
  recordLines,
  scrapeLines,
  tokenLines,
  tokenVariableLines,
} from './lines.js';

function StandingBadge({ standing }: { readonly standing: Standing }) {
  switch (standing.state) {
    case 'waiting':
      return <Badge tone="unknown" word="waiting" />;
    case 'connected':
      return <Badge tone="good" word="connected" />;
    case 'silent':
      return <Badge tone="strained" word="silent" />;
  }
}

function Said({ standing }: { readonly standing: Standing }) {
  if (standing.state === 'waiting') return <span class="soft">nothing has come in yet</span>;
  return (
    <span class="soft">
      {standing.what}
      {standing.lastAt !== undefined && (
        <>
          , the latest <Time at={standing.lastAt} isAgo />
        </>
      )}
      {standing.state === 'silent' && ', none of the last ten minutes'}
    </span>
  );
}

function Pasted({ lines }: { readonly lines: Lines }) {
  return <CopyBlock text={lines.text} label={lines.file} />;
}

function Way({
  title,
  id,
  standing,
  children,
}: {
  readonly title: string;
  readonly id: string;
  readonly standing: Standing;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="way" data-state={standing.state} aria-labelledby={id} id={`way-${id}`}>
      <header>
        <h2 id={id}>{title}</h2>
        <span role="status">
          <StandingBadge standing={standing} /> <Said standing={standing} />
        </span>
      </header>
      <div class="way-body">{children}</div>
    </section>
  );
}

function Token({
  program,
  scope,
  place,
}: {
  readonly program: string;
  readonly scope: 'ingest' | 'read';
  readonly place: Place;
}) {
  return place.asksForTokens ? <Pasted lines={tokenLines(program, scope)} /> : null;
}

/** All of them. */
export function Ways({
  connections,
  place,
}: {
  readonly connections: ConnectedQuery['connections'];
  readonly place: Place;
}) {
  return (
    <div class="ways">
      <Way title="Prometheus" id="prometheus" standing={samplesStanding(connections)}>
        <p>Every sample that it scrapes comes here too; it keeps its own.</p>
        <Token program="prometheus" scope="ingest" place={place} />
        <Pasted lines={prometheusLines(place)} />
      </Way>
      <Way
        title="Alertmanager"
        id="alertmanager"
        standing={doorsStanding(connections, ['alertmanager'], 'notification')}
      >
        <p>Alerts open incidents here; whoever hears of them now still does.</p>
        <Token program="alertmanager" scope="ingest" place={place} />
        <Pasted lines={alertmanagerLines(place)} />
      </Way>
      <Way
        title="Deployments and other changes"
        id="changes"
        standing={doorsStanding(connections, ['cloudevents', 'events'], 'event')}
      >
        <p>
          Most incidents begin with a change: let the pipeline tell of each. By the command line, or as a
          CDEvent.
        </p>
        {place.asksForTokens && <Pasted lines={tokenVariableLines('ci')} />}
        <Pasted lines={recordLines(place)} />
        <Pasted lines={cdEventLines(place)} />
      </Way>
      <Way title="OpenTelemetry" id="opentelemetry" standing={samplesStanding(connections)}>
        <p>
          There is no door for OTLP here. The collector sends its metrics by the remote write of Prometheus,
          so both turn green together; traces and logs are not taken.
        </p>
        {place.asksForTokens && <Pasted lines={tokenVariableLines('otel-collector')} />}
        <Pasted lines={openTelemetryLines(place)} />
      </Way>
      <Way title="Grafana" id="grafana" standing={scrapeStanding(connections)}>
        <p>A Prometheus scrapes what is found here, and ready-made dashboards show it.</p>
        <Token program="prometheus" scope="read" place={place} />
        <Pasted lines={scrapeLines(place)} />
        <Pasted lines={dashboardLines(place)} />
      </Way>
    </div>
  );
}
