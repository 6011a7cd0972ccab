import { PanelBuilder as BarsBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  AxisPlacement,
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  DashboardLinkType,
  type DataTransformerConfig,
  type DynamicConfigValue,
  type Panel as GrafanaPanel,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as GaugeBuilder } from '@grafana/grafana-foundation-sdk/gauge';
import { PanelBuilder as HeatmapBuilder } from '@grafana/grafana-foundation-sdk/heatmap';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Column, Link, Panel, Query, SeriesStyle, Zone } from './spec.js';

/** A place on the grid, and the number of the panel that has it. */
export interface Place {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

/** What the SDK's builders of panels have in common. */
interface AnyBuilder {
  id(id: number): unknown;
  title(title: string): unknown;
  description(text: string): unknown;
  datasource(source: DataSource): unknown;
  gridPos(place: { x: number; y: number; w: number; h: number }): unknown;
  unit(unit: string): unknown;
  min(value: number): unknown;
  max(value: number): unknown;
  thresholds(config: ThresholdsConfigBuilder): unknown;
  dataLinks(links: DashboardLinkBuilder[]): unknown;
  withTarget(target: DataqueryBuilder): unknown;
}

function thresholdsOf(zones: readonly Zone[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(zones.map(({ from, color }) => ({ value: from, color })));
}

function linkOf({ title, url }: Link): DashboardLinkBuilder {
  return new DashboardLinkBuilder(title).type(DashboardLinkType.Link).url(url).targetBlank(true);
}

function targetOf(query: Query, index: number, type: Panel['type'], source: DataSource): DataqueryBuilder {
  const target = new DataqueryBuilder()
    .datasource(source)
    .refId(String.fromCharCode('A'.charCodeAt(0) + index))
    .expr(query.expr);
  if (query.legend !== undefined) target.legendFormat(query.legend);
  if (query.exemplars !== undefined) target.exemplar(true);
  switch (type) {
    case 'lines':
      return target.range();
    case 'heatmap':
      return target.range().format(PromQueryFormat.Heatmap);
    case 'table':
      return target.instant().format(PromQueryFormat.Table);
    case 'gauge':
    case 'stat':
    case 'bars':
      return target.instant();
  }
}

/** What all panels have: title, place, questions, unit, zones and links. */
function dress<B extends AnyBuilder>(
  builder: B,
  panel: Panel,
  { id, ...grid }: Place,
  source: DataSource,
): B {
  builder.id(id);
  builder.title(panel.title);
  builder.description(panel.description);
  builder.datasource(source);
  builder.gridPos(grid);
  panel.queries.forEach((query, index) => {
    builder.withTarget(targetOf(query, index, panel.type, source));
  });
  if (panel.unit !== undefined) builder.unit(panel.unit);
  if (panel.min !== undefined) builder.min(panel.min);
  if (panel.max !== undefined) builder.max(panel.max);
  if (panel.zones !== undefined) builder.thresholds(thresholdsOf(panel.zones));
  if (panel.links !== undefined) builder.dataLinks(panel.links.map(linkOf));
  return builder;
}

function styleOf(style: SeriesStyle): DynamicConfigValue[] {
  const { color, unit, fillPercent, bars, stack, axis } = style;
  const properties: (DynamicConfigValue | undefined)[] = [
    color === undefined ? undefined : { id: 'color', value: { mode: 'fixed', fixedColor: color } },
    unit === undefined ? undefined : { id: 'unit', value: unit },
    fillPercent === undefined ? undefined : { id: 'custom.fillOpacity', value: fillPercent },
    bars === undefined ? undefined : { id: 'custom.drawStyle', value: 'bars' },
    stack === undefined ? undefined : { id: 'custom.stacking', value: { mode: 'normal', group: stack } },
    axis === undefined ? undefined : { id: 'custom.axisPlacement', value: axis.side },
    axis === undefined ? undefined : { id: 'custom.axisLabel', value: axis.label },
    axis?.max === undefined ? undefined : { id: 'max', value: axis.max },
  ];
  return properties.filter((property) => property !== undefined);
}

function dressLines(builder: LinesBuilder, panel: Extract<Panel, { readonly type: 'lines' }>): LinesBuilder {
  builder
    .lineWidth(2)
    .fillOpacity(5)
    .stacking(new StackingConfigBuilder().mode(StackingMode.None))
    .legend(new VizLegendOptionsBuilder().showLegend(true))
    .axisPlacement(AxisPlacement.Auto);
  if (panel.axisLabel !== undefined) builder.axisLabel(panel.axisLabel);
  if (panel.zones !== undefined) {
    const mode = GraphThresholdsStyleMode.Dashed;
    builder.thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(mode));
  }
  for (const style of panel.styles ?? []) builder.overrideByName(style.series, styleOf(style));
  return builder;
}

/** Several instant queries become one table, joined by the labels that they share; what is no column is left out. */
function tableTransformations(columns: readonly Column[], queries: number): readonly DataTransformerConfig[] {
  const names = columns.map(({ field }) => field);
  const organize = {
    id: 'organize',
    options: {
      indexByName: Object.fromEntries(names.map((name, index) => [name, index])),
      renameByName: Object.fromEntries(columns.map(({ field, title }) => [field, title])),
    },
  };
  const keep = { id: 'filterFieldsByName', options: { include: { names } } };
  return [...(queries > 1 ? [{ id: 'merge', options: {} }] : []), keep, organize];
}

function columnOf({ unit, link, zones }: Column): DynamicConfigValue[] {
  const properties: (DynamicConfigValue | undefined)[] = [
    unit === undefined ? undefined : { id: 'unit', value: unit },
    link === undefined ? undefined : { id: 'links', value: [{ ...link, targetBlank: true }] },
    zones === undefined ? undefined : { id: 'thresholds', value: thresholdsOf(zones).build() },
    zones === undefined ? undefined : { id: 'custom.cellOptions', value: { type: 'color-background' } },
  ];
  return properties.filter((property) => property !== undefined);
}

function dressTable(builder: TableBuilder, panel: Extract<Panel, { readonly type: 'table' }>): TableBuilder {
  builder.transformations([...tableTransformations(panel.columns, panel.queries.length)]);
  for (const column of panel.columns) builder.overrideByName(column.title, columnOf(column));
  return builder;
}

const latest = () => new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false).fields('');

/** A panel as the SDK builds it. */
export function buildPanel(panel: Panel, place: Place, source: DataSource): Builder<GrafanaPanel> {
  switch (panel.type) {
    case 'gauge':
      return dress(new GaugeBuilder(), panel, place, source)
        .reduceOptions(latest())
        .showThresholdMarkers(true);
    case 'stat':
      return dress(new StatBuilder(), panel, place, source)
        .reduceOptions(latest())
        .colorMode(BigValueColorMode.Background)
        .graphMode(BigValueGraphMode.None);
    case 'bars':
      return dress(new BarsBuilder(), panel, place, source)
        .reduceOptions(latest())
        .orientation(VizOrientation.Horizontal);
    case 'heatmap':
      return dress(new HeatmapBuilder(), panel, place, source);
    case 'lines':
      return dressLines(dress(new LinesBuilder(), panel, place, source), panel);
    case 'table':
      return dressTable(dress(new TableBuilder(), panel, place, source), panel);
  }
}
