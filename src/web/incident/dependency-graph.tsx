/** Who calls whom around an incident, and how much of each service's degradation is its own. */
import { useMemo } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { IncidentGraphDocument, type IncidentGraphQuery } from '../generated/graphql.js';
import { Mark, type Tone } from '../parts/marks.js';
import { Section, ServiceLink, Time } from '../parts/text.js';
import { servicePath } from '../paths.js';
import { Answered, Empty } from '../states/states.js';
import { percentOf } from '../time/format.js';
import { type Drawn, type GraphEdge, layoutOf, NODE, type Placed } from './graph-layout.js';
import type { IncidentFacts } from './incident-page.js';

/** Below this share a degradation is none. */
const LEAST = 0.05;
/** With more services than these, those that are not degraded are left out of the drawing. */
const MOST_DRAWN = 40;

/** A drawing that is wider than its place is made smaller down to this, and then scrolls. */
const LEAST_SCALE = 0.8;

type Localisation = NonNullable<NonNullable<IncidentGraphQuery['incident']>['localisation']>;
type Degradation = Localisation['degradations'][number];

interface GraphService {
  readonly name: string;
  readonly tone: Tone;
  readonly word: string;
  readonly degradation: Degradation | undefined;
}

function judged(name: string, degradation: Degradation | undefined): GraphService {
  if (degradation?.isMeasured !== true) return { name, degradation, tone: 'unknown', word: 'not measured' };
  const { own, explained } = degradation;
  if (own >= LEAST && own >= explained)
    return { name, degradation, tone: 'bad', word: `own ${percentOf(own)}` };
  if (explained >= LEAST)
    return { name, degradation, tone: 'strained', word: `inherited ${percentOf(explained)}` };
  if (own >= LEAST) return { name, degradation, tone: 'bad', word: `own ${percentOf(own)}` };
  return { name, degradation, tone: 'good', word: 'not degraded' };
}

function servicesOf({ incident }: IncidentGraphQuery): readonly GraphService[] {
  const { reach = [], degradations = [] } = incident?.localisation ?? {};
  const byName = new Map(degradations.map((one) => [one.service, one]));
  return reach.map((name) => judged(name, byName.get(name)));
}

function edgesOf({ dependencies }: IncidentGraphQuery, names: ReadonlySet<string>): readonly GraphEdge[] {
  return dependencies
    .map(({ caller, callee }) => ({ caller: caller.name, callee: callee.name }))
    .filter(({ caller, callee }) => caller !== callee && names.has(caller) && names.has(callee));
}

const pathThrough = ({ points }: Drawn): string => {
  const [first, ...rest] = points;
  return first === undefined ? '' : `M${first.x} ${first.y}${rest.map(({ x, y }) => `L${x} ${y}`).join('')}`;
};

function Node({ node }: { readonly node: Placed<GraphService> }) {
  const { name, x, y, tone, word, degradation } = node;
  const { width, height } = NODE;
  const share = Math.min(1, degradation?.own ?? 0);
  return (
    <g class={`node tone-${tone}`} transform={`translate(${x - width / 2} ${y - height / 2})`}>
      <Link href={servicePath(name)} tabindex={-1}>
        <title>
          {name}: {word}
        </title>
        <rect class="ground" width={width} height={height} rx="6" />
        {share >= LEAST && (
          <rect class="own" x="1" y={height - 5} width={(width - 2) * share} height="4" rx="2" />
        )}
        <foreignObject width={width} height={height - 4}>
          <div class="node-text">
            <b class="cut">{name}</b>
            <span class="cut">
              <Mark tone={tone} /> {word}
            </span>
          </div>
        </foreignObject>
      </Link>
    </g>
  );
}

function Drawing({
  services,
  edges,
}: {
  readonly services: readonly GraphService[];
  readonly edges: readonly GraphEdge[];
}) {
  const drawn = useMemo(() => layoutOf(services, edges), [services, edges]);
  const bad = new Set(
    services.filter(({ tone }) => tone === 'bad' || tone === 'strained').map(({ name }) => name),
  );
  return (
    <section
      class="scroll graph"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys
      tabIndex={0}
      aria-label="Drawing of the dependencies; the table below tells the same"
    >
      <svg
        width={drawn.width}
        height={drawn.height}
        viewBox={`0 0 ${drawn.width} ${drawn.height}`}
        style={{ minWidth: `${drawn.width * LEAST_SCALE}px` }}
        aria-hidden="true"
      >
        <defs>
          <marker
            id="arrow"
            viewBox="0 0 8 8"
            refX="7"
            refY="4"
            markerWidth="7"
            markerHeight="7"
            orient="auto"
          >
            <path d="M0 0 8 4 0 8Z" fill="context-stroke" />
          </marker>
        </defs>
        {drawn.edges.map((edge) => (
          <path
            key={`${edge.caller} ${edge.callee}`}
            class={bad.has(edge.caller) && bad.has(edge.callee) ? 'edge carried' : 'edge'}
            d={pathThrough(edge)}
            marker-end="url(#arrow)"
          />
        ))}
        {drawn.nodes.map((node) => (
          <Node key={node.name} node={node} />
        ))}
      </svg>
    </section>
  );
}

function ServiceTable({ services }: { readonly services: readonly GraphService[] }) {
  return (
    <details class="as-list">
      <summary>All {services.length} as a list</summary>
      <div class="scroll">
        <table class="data">
          <thead>
            <tr>
              <th scope="col">Service</th>
              <th scope="col">Degradation</th>
              <th scope="col">Since</th>
              <th scope="col">Explained by</th>
            </tr>
          </thead>
          <tbody>
            {services.map(({ name, tone, word, degradation }) => (
              <tr key={name}>
                <th scope="row">
                  <ServiceLink name={name} />
                </th>
                <td>
                  <Mark tone={tone} /> {word}
                </td>
                <td>{degradation?.onsetAt == null ? '' : <Time at={degradation.onsetAt} hasSeconds />}</td>
                <td>
                  {degradation?.explainedBy == null ? '' : <ServiceLink name={degradation.explainedBy} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Graph({ data }: { readonly data: IncidentGraphQuery }) {
  const services = useMemo(() => servicesOf(data), [data]);
  const shown = useMemo(
    () =>
      services.length <= MOST_DRAWN
        ? services
        : services.filter(({ tone }) => tone === 'bad' || tone === 'strained').slice(0, MOST_DRAWN),
    [services],
  );
  const edges = useMemo(() => edgesOf(data, new Set(shown.map(({ name }) => name))), [data, shown]);
  if (services.length === 0) return <Empty title="Nothing is known of who calls whom" />;
  return (
    <>
      <p class="graph-key small soft row">
        <span>
          <Mark tone="bad" /> degraded by itself
        </span>
        <span>
          <Mark tone="strained" /> inherited from what it calls
        </span>
        <span>
          <Mark tone="good" /> not degraded
        </span>
        <span>
          <Mark tone="unknown" /> not measured
        </span>
      </p>
      {shown.length < services.length && (
        <p class="partial">
          {shown.length} of {services.length} services within reach are drawn: those that are degraded.
        </p>
      )}
      <Drawing services={shown} edges={edges} />
      <ServiceTable services={services} />
    </>
  );
}

/** The graph of an incident, as its latest analysis found it. */
export function DependencyGraph({ incident }: { readonly incident: IncidentFacts }) {
  const { service, id, analyses } = incident;
  const query = useQuery(
    IncidentGraphDocument,
    { id },
    { subject: `graph ${id}`, version: analyses, isOff: service === null },
  );
  return (
    <Section title="Dependencies">
      {service === null ? (
        <Empty title="No service is named">Without one, there is nothing to start from.</Empty>
      ) : (
        <Answered query={query} what="dependencies" lines={6}>
          {(data) => <Graph data={data} />}
        </Answered>
      )}
    </Section>
  );
}
