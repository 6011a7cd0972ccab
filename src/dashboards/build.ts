/** Writes a dashboard as Grafana's own Foundation SDK makes it. */
import {
  AnnotationQueryBuilder,
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  QueryVariableBuilder,
  RowBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { buildPanel, type Place } from './build-panel.js';
import type { DashboardSettings, DashboardSpec, Panel, Variable } from './spec.js';

/** The tag by which dashboards find each other. */
export const TAG = 'genchi';

const GRID_COLUMNS = 24;

/** Where panels stand and which numbers they have, as they flow from left to right. */
class Flow {
  #id = 0;
  #x = 0;
  #y = 0;
  #rowHeight = 0;

  /** The place of a panel of this size. */
  next(width: number, height: number): Place {
    if (this.#x + width > GRID_COLUMNS) this.#breakLine();
    const place = { id: ++this.#id, x: this.#x, y: this.#y, w: width, h: height };
    this.#x += width;
    this.#rowHeight = Math.max(this.#rowHeight, height);
    return place;
  }

  /** The place of a heading over the whole width. */
  heading(): Place {
    if (this.#x > 0) this.#breakLine();
    const place = this.next(GRID_COLUMNS, 1);
    this.#breakLine();
    return place;
  }

  #breakLine(): void {
    this.#x = 0;
    this.#y += this.#rowHeight;
    this.#rowHeight = 0;
  }
}

const datasourceOf = ({ datasource }: DashboardSettings) => ({ type: 'prometheus', uid: datasource });

function buildVariable({ name, label, query, all }: Variable, settings: DashboardSettings) {
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .datasource(datasourceOf(settings))
    .query({ query, refId: `${name}-values` })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(false)
    .includeAll(all);
  return all ? builder.allValue('.*').current({ text: 'All', value: '$__all' }) : builder;
}

/**
 * Marks at the times that are the values of series: each change, and the start of each incident, with a link to its
 * page. It works with Prometheus alone, and the mark stands where the change was, not where it was scraped.
 */
function buildAnnotations({ genchiUrl, ...settings }: DashboardSettings, { variables }: DashboardSpec) {
  const filter = variables.some(({ name }) => name === 'service') ? '{service=~"$service"}' : '';
  const mark = (name: string, color: string, series: string) =>
    new AnnotationQueryBuilder()
      .name(name)
      .datasource(datasourceOf({ genchiUrl, ...settings }))
      .enable(true)
      .iconColor(color)
      .expr(`${series}${filter} * 1000`)
      .useValueForTime(true)
      .step('60s');
  return [
    mark('Changes', 'blue', 'genchi_last_change_timestamp_seconds')
      .titleFormat('{{service}}: {{kind}} {{subject}}')
      .textFormat(`<a href="${genchiUrl}{{receipt}}" target="_blank">Its receipt</a>`)
      .tagKeys('service,kind'),
    mark('Incidents', 'red', 'genchi_incident_start_timestamp_seconds')
      .titleFormat('{{title}}')
      .textFormat(`<a href="${genchiUrl}/id/incident/{{incident}}" target="_blank">Its causes</a>`)
      .tagKeys('service,severity'),
  ];
}

function buildLinks({ genchiUrl }: DashboardSettings) {
  return [
    new DashboardLinkBuilder('Genchi').type(DashboardLinkType.Link).url(`${genchiUrl}/`).targetBlank(true),
    new DashboardLinkBuilder('Dashboards')
      .type(DashboardLinkType.Dashboards)
      .tags([TAG])
      .asDropdown(true)
      .keepTime(true)
      .includeVars(true),
  ];
}

/** The dashboard as Grafana imports it; the same specification gives the same one. */
export function buildDashboard(spec: DashboardSpec, settings: DashboardSettings): Dashboard {
  const builder = new DashboardBuilder(spec.title)
    .uid(spec.uid)
    .description(spec.description)
    .tags([TAG])
    .time({ from: `now-${spec.timeRange}`, to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(spec.variables.map((variable) => buildVariable(variable, settings)))
    .annotations(buildAnnotations(settings, spec))
    .links(buildLinks(settings));
  const flow = new Flow();
  const add = (panel: Panel) =>
    builder.withPanel(buildPanel(panel, flow.next(panel.width, panel.height), datasourceOf(settings)));
  for (const { title, panels } of spec.sections) {
    if (title !== undefined) {
      const { id, ...grid } = flow.heading();
      builder.withRow(new RowBuilder(title).id(id).gridPos(grid));
    }
    for (const panel of panels) add(panel);
  }
  return builder.build();
}
