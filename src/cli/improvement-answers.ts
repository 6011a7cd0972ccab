/** What the server answers of improvements, and how it is printed. */
import { z } from 'zod';
import { printable } from './table.js';

/** The fields that are asked of an entry of the Kaizen log. */
export const IMPROVEMENT_FIELDS = `name source title state service metric owner effort expectedChangePercent message
  surprise before after changePercent startedAt doneAt at receipts { iri }
  measure { holding missing hours medianBefore medianAfter changePercent isAsExpected shift { value low high } }`;

/** An entry of the Kaizen log. */
export const improvementShape = z.object({
  name: z.string(),
  source: z.enum(['IMPROVEMENT', 'EXPERIMENT']),
  title: z.string(),
  state: z.enum(['PROPOSED', 'STARTED', 'DONE', 'VERIFIED', 'NOT_HELD', 'ABANDONED']),
  service: z.string().nullable(),
  metric: z.string().nullable(),
  owner: z.string().nullable(),
  effort: z.string().nullable(),
  expectedChangePercent: z.number().nullable(),
  message: z.string().nullable(),
  surprise: z.string().nullable(),
  before: z.number().nullable(),
  after: z.number().nullable(),
  changePercent: z.number().nullable(),
  startedAt: z.string().nullable(),
  doneAt: z.string().nullable(),
  at: z.string(),
  receipts: z.array(z.object({ iri: z.string() })),
  measure: z
    .object({
      holding: z.enum(['HELD', 'NOT_HELD', 'NOT_ENOUGH_DATA']),
      missing: z.string().nullable(),
      hours: z.number(),
      medianBefore: z.number().nullable(),
      medianAfter: z.number().nullable(),
      changePercent: z.number().nullable(),
      isAsExpected: z.boolean().nullable(),
      shift: z
        .object({ value: z.number(), low: z.number().nullable(), high: z.number().nullable() })
        .nullable(),
    })
    .nullable(),
});

/** An entry of the Kaizen log. */
export type ShownImprovement = z.output<typeof improvementShape>;

const figure = (value: number | null | undefined): string =>
  value == null ? '' : String(Number(value.toPrecision(4)));

const words = (name: string): string => name.toLowerCase().replaceAll('_', ' ');

/** The columns of a list of entries. */
export const IMPROVEMENT_COLUMNS = [
  ...['id', 'state', 'holds', 'service', 'metric', 'before', 'after', 'change %', 'effort', 'owner', 'title'],
] as const;

/** An entry as a row of {@link IMPROVEMENT_COLUMNS}. */
export function improvementRow(entry: ShownImprovement): readonly string[] {
  const { measure } = entry;
  return [
    entry.name,
    words(entry.state),
    measure === null ? '' : words(measure.holding),
    entry.service ?? '',
    entry.metric ?? '',
    figure(measure?.medianBefore ?? entry.before),
    figure(measure?.medianAfter ?? entry.after),
    figure(measure?.changePercent ?? entry.changePercent),
    words(entry.effort ?? ''),
    entry.owner ?? '',
    entry.title,
  ];
}

function changeOf({ measure, changePercent }: ShownImprovement): string | undefined {
  const shift = measure?.shift;
  if (shift == null) return changePercent === null ? undefined : `${figure(changePercent)} %`;
  const interval = `${figure(shift.value)} (${figure(shift.low) || 'open'} to ${figure(shift.high) || 'open'})`;
  const percent = measure?.changePercent;
  return percent == null ? interval : `${interval}, ${figure(percent)} %`;
}

function expectedOf({ expectedChangePercent, measure }: ShownImprovement): string | undefined {
  if (expectedChangePercent === null) return undefined;
  const reached =
    measure?.isAsExpected == null
      ? ''
      : measure.isAsExpected
        ? ', which is reached'
        : ', which is not reached';
  return `${figure(expectedChangePercent)} %${reached}`;
}

/** An entry in lines. */
export function printImprovement(entry: ShownImprovement): string {
  const { measure } = entry;
  const facts: readonly (readonly [string, string | null | undefined])[] = [
    [entry.source.toLowerCase(), `${entry.name} (${words(entry.state)})`],
    ['title', entry.title],
    ['service', entry.service],
    ['metric', entry.metric],
    ['owner', entry.owner],
    ['effort', entry.effort === null ? null : words(entry.effort)],
    ['said', entry.message],
    ['surprise', entry.surprise?.replaceAll('\n', ' ')],
    ['started at', entry.startedAt],
    ['done at', entry.doneAt],
    ['before', figure(measure?.medianBefore ?? entry.before) || null],
    ['after', figure(measure?.medianAfter ?? entry.after) || null],
    ['change', changeOf(entry)],
    ['expected', expectedOf(entry)],
    ['holds', measure && words(measure.holding)],
    ['missing', measure?.missing],
    ...entry.receipts.map(({ iri }) => ['receipt', iri] as const),
  ];
  return facts
    .flatMap(([name, value]) => (value == null ? [] : [`${printable(`${name.padEnd(13)}${value}`)}\n`]))
    .join('');
}
