/**
 * The SERVICE clauses of a query: which endpoints they ask, whether that is allowed, and the query in the words of the
 * engine that answers it. They are read from the syntax tree, where a clause can be changed in its place.
 */
import { GraphError } from './errors.js';

/** Another SPARQL endpoint that queries may ask. */
export interface ServiceEndpoint {
  /** What errors call it. */
  readonly name: string;
  /** Where it answers; SERVICE has to name it exactly so. */
  readonly url: string;
  /** Sent with each request, for example `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long one request may take, its answer included. */
  readonly timeoutMs: number;
}

/** A SERVICE clause that may be asked. */
export interface ServiceClause {
  readonly endpoint: ServiceEndpoint;
  /** Whether a failure of the endpoint stands for one solution without bindings (SERVICE SILENT). */
  readonly isSilent: boolean;
}

interface Node {
  readonly type?: unknown;
  readonly subType?: unknown;
  readonly name?: unknown;
  readonly silent?: unknown;
  readonly key?: unknown;
  readonly prefix?: unknown;
  readonly value?: unknown;
}

interface Visit {
  readonly node: Node;
  readonly isWithinService: boolean;
}

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i;

/**
 * The address under which the engine asks a clause in one run of a query: on a host that cannot exist (RFC 6761,
 * section 6.4), and another in each run, so that nothing an earlier run left behind is taken for this one's.
 */
export function addressOfClause(run: number, index: number): string {
  return `http://service.invalid/${run}/${index}`;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function isService(node: Node): boolean {
  return node.type === 'pattern' && node.subType === 'service';
}

/** All nodes in the order of the query, none of them by recursion, as a query may nest deeply. */
function visitsOf(tree: object): readonly Visit[] {
  const visits: Visit[] = [];
  const pending: Visit[] = [{ node: tree, isWithinService: false }];
  for (let visit = pending.pop(); visit !== undefined; visit = pending.pop()) {
    visits.push(visit);
    const isWithinService = visit.isWithinService || isService(visit.node);
    const children = Object.values(visit.node).filter(isNode);
    pending.push(...children.map((node) => ({ node, isWithinService })).reverse());
  }
  return visits;
}

function prefixesOf(visits: readonly Visit[]): ReadonlyMap<string, string> {
  const prefixes = new Map<string, string>();
  for (const { node } of visits) {
    if (node.type !== 'contextDef' || node.subType !== 'prefix' || !isNode(node.value)) continue;
    if (typeof node.key === 'string' && typeof node.value.value === 'string') {
      prefixes.set(node.key, node.value.value);
    }
  }
  return prefixes;
}

/** The whole IRI of a name as it is written; undefined when only its base would tell. */
function iriOf(node: Node, prefixes: ReadonlyMap<string, string>): string | undefined {
  if (node.subType !== 'namedNode' || typeof node.value !== 'string') return undefined;
  const start = typeof node.prefix === 'string' ? prefixes.get(node.prefix) : '';
  const iri = start === undefined ? '' : start + node.value.replace(/\\(.)/g, '$1');
  return ABSOLUTE.test(iri) ? iri : undefined;
}

function refused(message: string): GraphError {
  return new GraphError('query-service-refused', message);
}

/** How many of the listed endpoints a refusal names. */
const MAX_NAMED = 20;

function unlisted(url: string, endpoints: readonly ServiceEndpoint[]): GraphError {
  const known = endpoints
    .slice(0, MAX_NAMED)
    .map(({ url: listed }) => `<${listed}>`)
    .join(', ');
  return refused(
    `SERVICE <${url.slice(0, 200)}> is not asked: no connection is made to an endpoint that the setting ` +
      `federation.endpoints does not list. ${known === '' ? 'It lists none.' : `It lists ${known}.`}`,
  );
}

function clauseOf(
  { node, isWithinService }: Visit,
  prefixes: ReadonlyMap<string, string>,
  endpoints: readonly ServiceEndpoint[],
): ServiceClause {
  const { name } = node;
  if (!isNode(name) || name.subType !== 'namedNode') {
    throw refused(
      'SERVICE with a variable is not asked: data must not choose who is connected to. Name an endpoint.',
    );
  }
  if (isWithinService) {
    throw refused(
      'SERVICE within SERVICE is not asked: give each endpoint a clause of its own, side by side.',
    );
  }
  const url = iriOf(name, prefixes);
  if (url === undefined)
    throw refused('SERVICE names its endpoint by a relative IRI: write its URL in full.');
  const endpoint = endpoints.find((listed) => listed.url === url);
  if (endpoint === undefined) throw unlisted(url, endpoints);
  return { endpoint, isSilent: node.silent === true };
}

/**
 * The SERVICE clauses of a query that was read, in its order. Fails with `query-service-refused` when one names, by
 * SILENT or not, anything but a listed endpoint: a refusal is no failure of an endpoint that SILENT may hide.
 */
export function serviceClauses(
  tree: object,
  endpoints: readonly ServiceEndpoint[],
): readonly ServiceClause[] {
  const visits = visitsOf(tree);
  const services = visits.filter(({ node }) => isService(node));
  const prefixes = services.length === 0 ? new Map<string, string>() : prefixesOf(visits);
  return services.map((visit) => clauseOf(visit, prefixes, endpoints));
}

/**
 * Changes a query, as a syntax tree, for one run of the engine: clause N asks its {@link addressOfClause}, or nothing
 * when it is `dropped`, which leaves its one solution without bindings. Escaped names are written out, as the engine
 * would leave the backslashes in them.
 */
export function rewriteForEngine(tree: object, run: number, dropped: ReadonlySet<number>): void {
  const visits = visitsOf(tree);
  const prefixes = prefixesOf(visits);
  let index = 0;
  for (const { node } of visits) {
    if (isService(node)) {
      if (dropped.has(index)) Object.assign(node, { subType: 'group', patterns: [] });
      else if (isNode(node.name)) {
        Object.assign(node.name, { value: addressOfClause(run, index), prefix: undefined });
        Object.assign(node, { silent: false });
      }
      index += 1;
    } else if (typeof node.value === 'string' && node.prefix !== undefined && node.value.includes('\\')) {
      const iri = iriOf(node, prefixes);
      if (iri === undefined) {
        throw new GraphError('query-malformed', `Write the IRI of the name ${node.value} in full.`);
      }
      Object.assign(node, { value: iri, prefix: undefined });
    }
  }
}

/** The names that a SELECT query gives its columns, in its order; undefined for `*` and for other queries. */
export function columnsOf(tree: object): readonly string[] | undefined {
  const variables = 'variables' in tree && Array.isArray(tree.variables) ? tree.variables : [];
  const names = variables.flatMap((item: unknown) => {
    const variable = isNode(item) && 'variable' in item ? item.variable : item;
    return isNode(variable) && variable.subType === 'variable' && typeof variable.value === 'string'
      ? [variable.value]
      : [];
  });
  return names.length === 0 ? undefined : names;
}
