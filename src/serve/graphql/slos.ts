/** `slos` and `slo`: service level objectives, judged at any time. */
import {
  judgeSlo,
  prometheusRules,
  type RuleFiles,
  revisionAt,
  type SloHistory,
  type SloStatus,
} from '../../analysis/index.js';
import { builder } from './builder.js';
import { type Connection, connectionRef, pageArgs, pageOfList } from './connection.js';
import { SloStateEnum } from './slo-enums.js';
import { judged, judgedOne } from './slo-reader.js';
import { SloType } from './slo-types.js';

const SloConnection = connectionRef('Slo', SloType);

const AT = 'The time to judge at, by what had been agreed until then; now when absent.';

const nameOf = (history: SloHistory): string => history[0]?.slo ?? '';

builder.queryField('slos', (t) =>
  t.field({
    type: SloConnection,
    description: 'The service level objectives in force, judged, by name.',
    args: {
      service: t.arg.string({ description: 'Only those of this service.' }),
      state: t.arg({ type: SloStateEnum, description: 'Only those that stand so.' }),
      at: t.arg({ type: 'DateTime', description: AT }),
      ...pageArgs,
    },
    resolve: async (_, { service, state, at, ...page }, context): Promise<Connection<SloStatus>> => {
      const histories = context.deps.graph.sloHistories().filter((history) => {
        const revision = revisionAt(history, at ?? context.now);
        return revision !== undefined && (service == null || revision.service === service);
      });
      if (state != null) {
        const statuses = await judged(histories, at, context);
        return pageOfList(
          page,
          statuses.filter((status) => status.state === state),
          ({ slo }) => slo.slo,
        );
      }
      const found = await pageOfList(page, histories, nameOf);
      const statuses = await judged(
        found.edges.map(({ node }) => node),
        at,
        context,
      );
      const byName = new Map(statuses.map((status) => [status.slo.slo, status]));
      const edges = found.edges.flatMap(({ cursor, node }) => {
        const status = byName.get(nameOf(node));
        return status === undefined ? [] : [{ cursor, node: status }];
      });
      return { ...found, edges };
    },
  }),
);

builder.queryField('slo', (t) =>
  t.field({
    type: SloType,
    nullable: true,
    description: 'The objective of this name, judged; null when there was none in force then.',
    args: {
      name: t.arg.string({ required: true, description: 'The name of the objective.' }),
      at: t.arg({ type: 'DateTime', description: AT }),
      withoutOutliers: t.arg.boolean({
        defaultValue: false,
        description:
          'Leave slices of a metric out that lie further than three robust deviations from the median; the answer says how many.',
      }),
    },
    resolve: async (_, { name, at, withoutOutliers }, context) => {
      if (withoutOutliers !== true) return await judgedOne(name, at, context);
      const { deps, now, budget } = context;
      const history = deps.slos.historyOf(name);
      if (history === undefined) return null;
      budget.spend('judgements');
      return await judgeSlo(deps.store, history, at ?? now, { withoutOutliers });
    },
  }),
);

const RulesType = builder.objectRef<RuleFiles>('SloRules').implement({
  description: 'Rules for Prometheus that fire as the burn rules of objectives do here.',
  fields: (t) => ({
    rules: t.exposeString('rules', { description: 'A rule file: recording and alerting rules, as YAML.' }),
    tests: t.exposeString('tests', { description: 'Tests of it for `promtool test rules`, as YAML.' }),
  }),
});

builder.queryField('sloRules', (t) =>
  t.field({
    type: RulesType,
    description: 'The burn rules of the objectives in force, for Prometheus.',
    args: {
      ruleFile: t.arg.string({
        defaultValue: 'slo-rules.yml',
        description: 'The name of the rule file in the tests.',
      }),
      serviceLabel: t.arg.string({
        description: 'The label that tells services in Prometheus; `service` when absent.',
      }),
      componentLabel: t.arg.string({
        description: 'The label that tells parts of them; `component` when absent.',
      }),
    },
    resolve: (_, { ruleFile, serviceLabel, componentLabel }, { deps }) =>
      prometheusRules(deps.graph.slos(), ruleFile ?? 'slo-rules.yml', {
        service: serviceLabel ?? 'service',
        component: componentLabel ?? 'component',
      }),
  }),
);
