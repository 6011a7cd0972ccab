import { type Fault, type Labels, METRIC_LABEL } from '../model/index.js';
import { faultOfLabel } from './labels.js';
import type { Limits } from './limits.js';
import type { ProtobufReader } from './protobuf.js';
import { clip, decodeUtf8 } from './text.js';

const NAME = 0x0a;
const VALUE = 0x12;

/** The tag of the labels of a Prometheus `TimeSeries`. */
export const LABELS = 0x0a;

/** What the labels of a time series were found to be. */
export type SeriesLabels = { readonly labels: Labels } | { readonly fault: Fault };

/** Decodes and checks the labels of the `TimeSeries` whose body lies between two positions. */
export function seriesLabels(
  reader: ProtobufReader,
  from: number,
  end: number,
  limits: Limits,
): SeriesLabels {
  const labels = new Map<string, string>();
  reader.position = from;
  while (reader.position < end) {
    const tag = reader.tag(end);
    // The walk before has checked every other field of this body.
    if (tag !== LABELS) {
      reader.skip(tag, end, 0);
      continue;
    }
    const label = readLabel(reader, reader.partEnd(end), limits);
    if ('fault' in label) return label;
    if (labels.has(label.name)) {
      return { fault: { field: `labels.${label.name}`, message: 'expected each label once' } };
    }
    labels.set(label.name, label.value);
    if (labels.size > limits.labels) {
      return { fault: { field: 'labels', message: `expected at most ${limits.labels} labels` } };
    }
  }
  return named(labels);
}

/** The labels without empty ones, which Prometheus takes as absent; they must name the metric. */
function named(labels: ReadonlyMap<string, string>): SeriesLabels {
  const present = [...labels].filter(([, value]) => value !== '');
  if ((labels.get(METRIC_LABEL) ?? '') === '') {
    return { fault: { field: `labels.${METRIC_LABEL}`, message: 'is required: expected the metric name' } };
  }
  return { labels: Object.fromEntries(present) };
}

type Label = { readonly name: string; readonly value: string } | { readonly fault: Fault };

function readLabel(reader: ProtobufReader, end: number, limits: Limits): Label {
  let name: string | undefined = '';
  let value: string | undefined = '';
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === NAME) name = readText(reader, end);
    else if (tag === VALUE) value = readText(reader, end);
    else reader.skip(tag, end, 2);
  }
  if (name === undefined) return { fault: { field: 'labels', message: 'expected label names in UTF-8' } };
  if (value === undefined) return { fault: { field: `labels.${clip(name)}`, message: 'expected UTF-8' } };
  const fault = faultOfLabel(name, value, limits);
  return fault === undefined ? { name, value } : { fault };
}

function readText(reader: ProtobufReader, end: number): string | undefined {
  const textEnd = reader.partEnd(end);
  const text = decodeUtf8(reader.bytes.subarray(reader.position, textEnd));
  reader.position = textEnd;
  return text;
}
