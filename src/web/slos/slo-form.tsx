/** Registers an objective, or changes it from now on. */
import { useState } from 'preact/hooks';
import { Link } from 'wouter-preact';
import { useQuery } from '../data/query.js';
import { type Faults, faultsIn } from '../forms/faults.js';
import { ChoiceField, LongField, TextField } from '../forms/fields.js';
import { useSend } from '../forms/use-send.js';
import { RegisterSloDocument, SloNamesDocument } from '../generated/graphql.js';
import { sloPath } from '../paths.js';
import { ProblemBox } from '../states/states.js';
import { faultsOf, formNames, inputOf, SERVER_FIELDS, type SloDraft } from './slo-model.js';

interface Parts {
  readonly draft: SloDraft;
  readonly faults: Faults;
  readonly set: (change: Partial<SloDraft>) => void;
}

function LevelFields({ draft, faults, set }: Parts) {
  return (
    <div class="fields">
      <TextField
        name="metric"
        label="Metric"
        isNeeded
        value={draft.metric}
        fault={faults.metric}
        set={(metric) => set({ metric })}
        placeholder="kanban_latency_p99_ms"
      />
      <ChoiceField
        name="direction"
        label="Is good"
        value={draft.direction}
        set={(value) => set({ direction: value === 'AT_LEAST' ? 'AT_LEAST' : 'AT_MOST' })}
        choices={[
          ['AT_MOST', 'at or below the target'],
          ['AT_LEAST', 'at or above the target'],
        ]}
      />
      <TextField
        name="target"
        label="Target"
        isNeeded
        value={draft.target}
        fault={faults.target}
        set={(target) => set({ target })}
        hint="In the metric's unit."
        inputMode="decimal"
      />
      <TextField
        name="selector"
        label="Only series"
        value={draft.selector}
        fault={faults.selector}
        set={(selector) => set({ selector })}
        placeholder={'{code=~"2.."}'}
      />
    </div>
  );
}

function RatioFields({ draft, faults, set }: Parts) {
  const which = draft.sort === 'good' ? 'good' : 'bad';
  return (
    <div class="fields">
      <TextField
        name="counted"
        label={`Counter of ${which} events`}
        isNeeded
        value={draft.counted}
        fault={faults.counted}
        set={(counted) => set({ counted })}
        placeholder="http_requests_total"
      />
      <TextField
        name="countedSelector"
        label="Only series"
        value={draft.countedSelector}
        fault={faults.countedSelector}
        set={(countedSelector) => set({ countedSelector })}
        placeholder={which === 'good' ? '{code!~"5.."}' : '{code=~"5.."}'}
      />
      <TextField
        name="totalMetric"
        label="Counter of all events"
        isNeeded
        value={draft.totalMetric}
        fault={faults.totalMetric}
        set={(totalMetric) => set({ totalMetric })}
        placeholder="http_requests_total"
      />
      <TextField
        name="totalSelector"
        label="Only series of it"
        value={draft.totalSelector}
        fault={faults.totalSelector}
        set={(totalSelector) => set({ totalSelector })}
      />
      <TextField
        name="sliceTargetPercent"
        label="Count slices of time"
        value={draft.sliceTargetPercent}
        fault={faults.sliceTargetPercent}
        set={(sliceTargetPercent) => set({ sliceTargetPercent })}
        hint="The share of good events, in %, that makes a slice good; empty counts events."
        inputMode="decimal"
      />
    </div>
  );
}

function AboutFields({
  draft,
  faults,
  set,
  isNew,
  services,
}: Parts & { readonly isNew: boolean; readonly services: readonly string[] }) {
  return (
    <div class="fields">
      <TextField
        name="slo"
        label="Name"
        isNeeded
        isLocked={!isNew}
        value={draft.slo}
        fault={faults.slo}
        set={(slo) => set({ slo })}
        placeholder="checkout-latency"
      />
      <TextField
        name="service"
        label="Service"
        isNeeded
        value={draft.service}
        fault={faults.service}
        set={(service) => set({ service })}
        choices={services}
      />
      <TextField
        name="title"
        label="Title"
        value={draft.title}
        fault={faults.title}
        set={(title) => set({ title })}
      />
      <TextField
        name="component"
        label="Component"
        value={draft.component}
        fault={faults.component}
        set={(component) => set({ component })}
        hint="Only this part of the service."
      />
    </div>
  );
}

function HowMuchFields({ draft, faults, set }: Parts) {
  return (
    <div class="fields">
      <TextField
        name="objectivePercent"
        label="Objective, %"
        value={draft.objectivePercent}
        fault={faults.objectivePercent}
        set={(objectivePercent) => set({ objectivePercent })}
        hint="The share that must be good; 99 when empty."
        inputMode="decimal"
      />
      <TextField
        name="window"
        label="Window"
        isNeeded
        value={draft.window}
        fault={faults.window}
        set={(window) => set({ window })}
        hint="Such as 30d, 4w or 12h."
      />
      <TextField
        name="sliceMinutes"
        label="Slice, minutes"
        value={draft.sliceMinutes}
        fault={faults.sliceMinutes}
        set={(sliceMinutes) => set({ sliceMinutes })}
        hint="1 when empty; longer where samples come seldom."
        inputMode="numeric"
      />
      <TextField
        name="owner"
        label="Owner"
        value={draft.owner}
        fault={faults.owner}
        set={(owner) => set({ owner })}
      />
    </div>
  );
}

const SORTS = [
  ['level', 'a metric against a target'],
  ['good', 'good events of all'],
  ['bad', 'bad events of all'],
] as const;

function useSloForm(from: SloDraft, onDone: () => void) {
  const [draft, setDraft] = useState(from);
  const [isChecked, check] = useState(false);
  const [done, setDone] = useState<{ readonly name: string; readonly isNew: boolean }>();
  const sending = useSend(RegisterSloDocument);
  const own = isChecked ? faultsOf(draft) : {};
  const refused =
    sending.problem === undefined ? {} : formNames(faultsIn(sending.problem.detail, SERVER_FIELDS));
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    check(true);
    setDone(undefined);
    if (Object.keys(faultsOf(draft)).length > 0) return;
    const answer = await sending.send({ input: inputOf(draft) });
    if (answer?.registerSlo == null) return;
    setDone({ name: draft.slo.trim(), isNew: answer.registerSlo.isNew });
    onDone();
  };
  const set = (change: Partial<SloDraft>): void => {
    setDraft((before) => ({ ...before, ...change }));
    sending.forget();
  };
  return { draft, set, submit, done, faults: { ...refused, ...own }, sending };
}

/** The form; `from` holds what it begins with. */
export function SloForm({ from, onDone }: { readonly from: SloDraft; readonly onDone: () => void }) {
  const { draft, set, submit, done, faults, sending } = useSloForm(from, onDone);
  const names = useQuery(SloNamesDocument, {});
  const isNew = from.slo === '';
  const parts = { draft, faults, set };
  const unplaced = faults[''];
  return (
    <form class="form section" aria-label="Objective" noValidate onSubmit={(event) => void submit(event)}>
      <AboutFields {...parts} isNew={isNew} services={names.data?.services.map(({ name }) => name) ?? []} />
      <fieldset>
        <legend>What must be good</legend>
        <ChoiceField
          name="sort"
          label="Measured by"
          value={draft.sort}
          set={(value) =>
            set({ sort: SORTS.map(([sort]) => sort).find((sort) => sort === value) ?? 'level' })
          }
          choices={SORTS}
        />
        {draft.sort === 'level' ? <LevelFields {...parts} /> : <RatioFields {...parts} />}
      </fieldset>
      <fieldset>
        <legend>How much of it, and over how long</legend>
        <HowMuchFields {...parts} />
      </fieldset>
      <LongField
        name="reason"
        label="Why it was chosen"
        value={draft.reason}
        fault={faults.reason}
        set={(reason) => set({ reason })}
        rows={2}
      />
      {unplaced !== undefined && (
        <ProblemBox problem={{ title: 'The server refused it', detail: unplaced }} />
      )}
      {done !== undefined && (
        <p class="done" role="status">
          {done.isNew ? 'Registered: ' : 'Nothing changed: '}
          <Link href={sloPath(done.name)}>{done.name}</Link>
        </p>
      )}
      <div class="row">
        <button type="submit" class="primary" disabled={sending.isSending}>
          {isNew ? 'Register' : 'Change from now on'}
        </button>
        {Object.keys(faults).length > 0 && (
          <span class="fault" role="alert">
            {Object.keys(faults).length === 1
              ? 'One field needs'
              : `${Object.keys(faults).length} fields need`}{' '}
            another value.
          </span>
        )}
      </div>
    </form>
  );
}
