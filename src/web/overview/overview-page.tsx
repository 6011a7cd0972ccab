/** The overview: what is wrong, how everything does, and what changed. */
import { FirstRun } from '../connect/first-run.js';
import { useTitle } from '../parts/title.js';
import { useRange } from '../time/range.js';
import { ChangeStrip } from './change-strip.js';
import { HealthPanel } from './health-panel.js';
import { OpenIncidents } from './open-incidents.js';
import { ServiceTable } from './service-table.js';
import { SilentMetrics } from './silent-metrics.js';
import { SloPanel } from './slo-panel.js';
import { useStanding } from './standing.js';

/** The page at `/`. */
export function OverviewPage() {
  const range = useRange('3h');
  const at = range.last === undefined ? new Date(range.to).toISOString() : null;
  const standing = useStanding(at);
  useTitle('Overview');
  return (
    <>
      <h1 class="hidden-text">Overview</h1>
      <FirstRun />
      <div class="overview-head">
        <OpenIncidents />
        <HealthPanel query={standing} />
      </div>
      <ChangeStrip range={range} />
      <div class="overview-pair">
        <SloPanel at={at} />
        <SilentMetrics at={at} />
      </div>
      <ServiceTable query={standing} />
    </>
  );
}
