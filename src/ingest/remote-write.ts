/**
 * Prometheus remote write 1.0: a snappy block of a protobuf `WriteRequest`.
 * https://prometheus.io/docs/specs/prw/remote_write_spec/
 *
 * The protobuf is walked by hand: a generated decoder makes an object for every label, 12,000 of them for 2,000
 * series, only to find series that are known already. Here the raw bytes of a series' labels are the key of a
 * cache, and labels are decoded only when a series is seen for the first time.
 */
import {
  EARLIEST,
  FUTURE_TOLERANCE_MS,
  faultOfTime,
  type Instant,
  instantOf,
  isOwnFigure,
  type SeriesInterner,
  type SeriesRef,
} from '../model/index.js';
import { type Decoded, type Decoder, type DecoderOptions, type EncodedRequest, Refusals } from './decoded.js';
import { IngestError } from './errors.js';
import { KnownLabels } from './known-labels.js';
import type { Limits } from './limits.js';
import { headerOf, mediaTypeOf } from './media-type.js';
import { ProtobufReader } from './protobuf.js';
import { SampleColumns } from './sample-columns.js';
import { LABELS, seriesLabels } from './series-labels.js';
import { uncompressBlock } from './snappy.js';

/** Tags of `WriteRequest` {timeseries = 1, metadata = 3}. */
const TIME_SERIES = 0x0a;
/** Tags of `TimeSeries` {labels = 1, samples = 2, exemplars = 3, histograms = 4}; exemplars are no samples. */
const SAMPLES = 0x12;
const EXEMPLARS = 0x1a;
const HISTOGRAMS = 0x22;
/** Tags of `Sample` {double value = 1, int64 timestamp = 2}. */
const VALUE = 0x09;
const TIMESTAMP = 0x10;

/** The bits of the NaN that Prometheus writes when a series has ended. */
const STALE_HIGH = 0x7ff0_0000;
const STALE_LOW = 2;

/** Prometheus logs only the beginning of an answer. */
const MOST_FAULTS = 20;

/** The most bytes of all labels that are remembered, and of those of one series. */
const KNOWN_BYTES = 128 * 1024 * 1024;
const SERIES_BYTES = 8 * 1024;

/** Stands for the series that Genchi computed itself, and a Prometheus that scraped it sends back. */
const OWN = 'own';

/** What is at hand while one request is read. */
interface Walk {
  readonly reader: ProtobufReader;
  readonly columns: SampleColumns;
  readonly refusals: Refusals;
  readonly now: Instant;
  /** The latest time that a sample may have. */
  readonly latest: number;
  /** Series that were met for the first time, and where the bytes of their labels lie. */
  readonly met: { readonly from: number; readonly to: number; readonly series: SeriesRef | typeof OWN }[];
  /** Samples of series that Genchi computed itself. */
  own: number;
}

/** A time series whose labels are not known: where its body lies, and how many samples it brings. */
interface Met {
  readonly item: number;
  readonly from: number;
  readonly end: number;
  readonly samples: number;
}

/** Reads remote-write requests; keeps the series that it has seen. */
export class RemoteWriteDecoder implements Decoder {
  readonly #intern: SeriesInterner;
  readonly #limits: Limits;
  readonly #known = new KnownLabels<SeriesRef | typeof OWN>(KNOWN_BYTES);

  constructor(options: DecoderOptions) {
    this.#intern = options.intern;
    this.#limits = options.limits;
  }

  decode(request: EncodedRequest, now: Instant): Decoded {
    checkHeaders(request);
    return this.decodeMessage(uncompressBlock(request.body, this.#limits.decompressedBytes), now);
  }

  /** Reads a `WriteRequest` that is decompressed already. */
  decodeMessage(message: Buffer, now: Instant): Decoded {
    const walk: Walk = {
      reader: new ProtobufReader(message),
      columns: new SampleColumns(message.length >>> 7),
      refusals: new Refusals(MOST_FAULTS),
      now,
      latest: now + FUTURE_TOLERANCE_MS,
      met: [],
      own: 0,
    };
    const { reader, columns, refusals } = walk;
    for (let item = 0; reader.position < message.length; ) {
      const tag = reader.tag(message.length);
      if (tag === TIME_SERIES) {
        this.#timeSeries(walk, item, reader.partEnd(message.length));
        item += 1;
      } else reader.skip(tag, message.length, 1);
    }
    // Not before the end: the series of a request that fails on the way are forgotten again.
    for (const { from, to, series } of walk.met) this.#known.add(reader.view, from, to, series);
    const { overLimit } = refusals;
    return {
      events: [],
      eventItems: [],
      ...(columns.length === 0 ? {} : { samples: columns.block() }),
      sampleItems: columns.items(),
      own: walk.own,
      ...(overLimit === undefined ? {} : { overLimit }),
      refused: refusals.count,
      faults: refusals.faults,
    };
  }

  #timeSeries(walk: Walk, item: number, end: number): void {
    const { reader, columns } = walk;
    const from = reader.position;
    const first = columns.length;
    let labelsFrom = from;
    let labelsTo = from;
    let together = true;
    while (reader.position < end) {
      const at = reader.position;
      const tag = reader.tag(end);
      if (tag === LABELS) {
        if (labelsFrom === labelsTo) labelsFrom = at;
        else if (labelsTo !== at) together = false;
        reader.position = at;
        reader.skipRun(LABELS, end);
        labelsTo = reader.position;
      } else if (tag === SAMPLES) readSample(walk, item, reader.partEnd(end));
      else readOther(walk, item, tag, end);
    }
    if (columns.length === first) return;
    const canBeKnown = together && labelsTo - labelsFrom <= SERIES_BYTES;
    const known = canBeKnown ? this.#known.find(reader.view, labelsFrom, labelsTo) : undefined;
    const series = known ?? this.#meet(walk, { item, from, end, samples: columns.length - first });
    if (known === undefined && series !== undefined && canBeKnown) {
      walk.met.push({ from: labelsFrom, to: labelsTo, series });
    }
    if (series !== undefined && series !== OWN) {
      columns.assign(first, series);
      return;
    }
    if (series === OWN) walk.own += columns.length - first;
    columns.truncate(first);
  }

  /** Finds the series of labels not seen before; refuses its samples when they are not acceptable, or one too many. */
  #meet(walk: Walk, { item, from, end, samples }: Met): SeriesRef | typeof OWN | undefined {
    const read = seriesLabels(walk.reader, from, end, this.#limits);
    walk.reader.position = end;
    if ('fault' in read) {
      walk.refusals.refuse(samples, { item, ...read.fault });
      return undefined;
    }
    const series = isOwnFigure(read.labels) ? OWN : this.#intern(read.labels);
    if (series === undefined) walk.refusals.refuseSeries(samples, item, read.labels);
    return series;
  }
}

function checkHeaders(request: EncodedRequest): void {
  const type = mediaTypeOf(request);
  const message = type.parameters.get('proto') ?? 'prometheus.WriteRequest';
  if (type.essence !== 'application/x-protobuf' || message !== 'prometheus.WriteRequest') {
    throw new IngestError(
      'unsupported-media-type',
      'Expected Content-Type application/x-protobuf with the message prometheus.WriteRequest (remote write 1.0).',
    );
  }
  if (headerOf(request, 'content-encoding')?.toLowerCase() !== 'snappy') {
    throw new IngestError('unsupported-media-type', 'Expected Content-Encoding snappy.');
  }
}

function readSample(walk: Walk, item: number, end: number): void {
  const { reader } = walk;
  let at = 0;
  let value = 0;
  let stale = false;
  while (reader.position < end) {
    const tag = reader.tag(end);
    if (tag === VALUE) {
      const bits = reader.fixed64(end);
      value = reader.double(bits);
      stale = Number.isNaN(value) && isStaleMarker(reader, bits);
    } else if (tag === TIMESTAMP) at = reader.int64(end);
    else reader.skip(tag, end, 2);
  }
  if (at >= EARLIEST && at <= walk.latest) walk.columns.push(item, at, value, stale);
  else refuseTime(walk, item, at);
}

function isStaleMarker(reader: ProtobufReader, bits: number): boolean {
  return reader.uint32(bits) === STALE_LOW && reader.uint32(bits + 4) === STALE_HIGH;
}

function refuseTime(walk: Walk, item: number, at: number): void {
  if (walk.refusals.full) walk.refusals.refuse(1);
  else {
    const message = faultOfTime(instantOf(at), walk.now) ?? 'expected a time';
    walk.refusals.refuse(1, { item, field: 'samples.timestamp', message });
  }
}

/** Steps over a field that brings no samples; native histograms are named as not taken. */
function readOther(walk: Walk, item: number, tag: number, end: number): void {
  const { reader, refusals } = walk;
  if (tag !== HISTOGRAMS && tag !== EXEMPLARS) {
    reader.skip(tag, end, 4);
    return;
  }
  reader.position = reader.partEnd(end);
  if (tag === HISTOGRAMS) {
    refusals.refuse(1, {
      item,
      field: 'histograms',
      message: 'native histograms are not taken; send classic histograms (send_native_histograms: false)',
    });
  }
}
