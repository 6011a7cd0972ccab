/** What a dashboard is made of, before it is written as Grafana wants it. */

/** A question to Prometheus. */
export interface Query {
  /** PromQL; `$service` and Grafana's own `$__range` and `$__rate_interval` may stand in it. */
  readonly expr: string;
  /** The name of its series; `{{label}}` stands for the value of a label. */
  readonly legend?: string;
  /** Whether the receipts behind counts are shown as points that lead to them. */
  readonly exemplars?: true;
}

/** From `from` on the colour is this; the first has no bound below. */
export interface Zone {
  readonly from: number | null;
  readonly color: 'green' | 'yellow' | 'orange' | 'red' | 'blue';
}

/** Where a click on a value leads. */
export interface Link {
  readonly title: string;
  readonly url: string;
}

/** How one series of a graph differs from the others. */
export interface SeriesStyle {
  /** Its name, as the legend has it. */
  readonly series: string;
  readonly color?: 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple';
  readonly unit?: string;
  /** Opacity of the area below the line, in percent. */
  readonly fillPercent?: number;
  readonly bars?: true;
  /** Series of one stack stand on top of each other. */
  readonly stack?: string;
  readonly axis?: { readonly side: 'left' | 'right'; readonly label: string; readonly max?: number };
}

/** A column of a table: a label, or `Value` (`Value #A` where there are several queries). */
export interface Column {
  readonly field: string;
  readonly title: string;
  readonly unit?: string;
  readonly link?: Link;
  readonly zones?: readonly Zone[];
}

interface PanelHead {
  readonly title: string;
  /** What it shows and what follows from it, for people. */
  readonly description: string;
  readonly queries: readonly Query[];
  /** Columns of the grid, of 24, and rows of it. */
  readonly width: number;
  readonly height: number;
  /** A unit of Grafana. */
  readonly unit?: string;
  readonly min?: number;
  readonly max?: number;
  readonly zones?: readonly Zone[];
  readonly links?: readonly Link[];
}

/** A panel. */
export type Panel = PanelHead &
  (
    | { readonly type: 'gauge' | 'stat' | 'bars' | 'heatmap' }
    | { readonly type: 'lines'; readonly styles?: readonly SeriesStyle[]; readonly axisLabel?: string }
    | { readonly type: 'table'; readonly columns: readonly Column[] }
  );

/** Panels that flow from left to right below a heading; without one they stand at the top. */
export interface Section {
  readonly title?: string;
  readonly panels: readonly Panel[];
}

/** A choice that a reader makes for a whole dashboard. */
export interface Variable {
  readonly name: string;
  readonly label: string;
  /** `label_values(SERIES, LABEL)`. */
  readonly query: string;
  /** Whether all may be chosen, which is then the first choice. */
  readonly all: boolean;
}

/** A dashboard. */
export interface DashboardSpec {
  /** At most 40 characters, the same whenever it is written. */
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  /** How far back it looks unless a reader says otherwise: `6h`. */
  readonly timeRange: string;
  readonly variables: readonly Variable[];
  readonly sections: readonly Section[];
}

/** What all dashboards are written with. */
export interface DashboardSettings {
  /** Where people reach Genchi's pages, without a slash at the end. */
  readonly genchiUrl: string;
  /** The uid of Grafana's data source for Prometheus. */
  readonly datasource: string;
}
