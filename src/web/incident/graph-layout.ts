/** Where the services of a dependency graph stand. */
import { graphlib, layout } from '@dagrejs/dagre';

/** A service in the graph. */
export interface GraphNode {
  readonly name: string;
}

/** Who calls whom. */
export interface GraphEdge {
  readonly caller: string;
  readonly callee: string;
}

/** A node with its place, by its middle, in pixels. */
export type Placed<N> = N & { readonly x: number; readonly y: number };

/** An edge with the points that it goes through. */
export type Drawn = GraphEdge & { readonly points: readonly { readonly x: number; readonly y: number }[] };

/** A graph that can be drawn. */
export interface Layout<N> {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly Placed<N>[];
  readonly edges: readonly Drawn[];
}

/** The size of every node in pixels. */
export const NODE = { width: 138, height: 44 } as const;

/** Places callers before what they call. */
export function layoutOf<N extends GraphNode>(nodes: readonly N[], edges: readonly GraphEdge[]): Layout<N> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 30, marginx: 2, marginy: 24 });
  for (const { name } of nodes) graph.setNode(name, { ...NODE });
  for (const { caller, callee } of edges) graph.setEdge(caller, callee, {});
  layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    nodes: nodes.map((node) => {
      const { x, y } = graph.node(node.name);
      return { ...node, x: x ?? 0, y: y ?? 0 };
    }),
    edges: edges.map((edge) => ({ ...edge, points: graph.edge(edge.caller, edge.callee).points ?? [] })),
  };
}
