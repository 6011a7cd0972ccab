/** Reads files of signals: every fault is told with its line, and what is sound is taken. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Document, isMap, isNode, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { AnalysisError } from '../errors.js';
import { type SignalSource, signalSourceSchema } from './spec.js';

/** The file that comes with Genchi. */
export const DEFAULT_SIGNALS = fileURLToPath(new URL('../../../signals.yaml', import.meta.url));

/** Longer files are refused. */
const MOST_BYTES = 1_000_000;
const MOST_SOURCES = 1_000;

/** Something wrong in a file; what it is in is left out. */
export interface SignalFault {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** The sources of a file, in its order, and what was wrong with the others. */
export interface ReadSignals {
  readonly sources: readonly SignalSource[];
  readonly faults: readonly SignalFault[];
}

/** The deepest node on a path that is there. */
function nodeAt(document: Document, path: readonly PropertyKey[]): Node | undefined {
  for (let length = path.length; length >= 0; length--) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node;
  }
  return undefined;
}

/** Reads the text of a file. Names that occur twice are faults: each must say which source was meant. */
export function readSignals(text: string, file: string): ReadSignals {
  const lines = new LineCounter();
  const fault = (offset: number, message: string): SignalFault => ({
    file,
    line: lines.linePos(offset).line,
    message,
  });
  if (text.length > MOST_BYTES) {
    return { sources: [], faults: [fault(0, `expected a file of at most ${MOST_BYTES} characters`)] };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    return { sources: [], faults: document.errors.map(({ pos, message }) => fault(pos[0], message)) };
  }
  const list = isMap(document.contents) ? document.contents.get('signals') : undefined;
  if (!isSeq(list) || list.items.length > MOST_SOURCES) {
    return { sources: [], faults: [fault(0, `expected signals: a list of at most ${MOST_SOURCES} sources`)] };
  }
  const sources = new Map<string, SignalSource>();
  const faults: SignalFault[] = [];
  list.items.forEach((_, item) => {
    const node = document.getIn(['signals', item], true);
    const value: unknown = isMap(node) ? node.toJS(document) : node;
    const parsed = signalSourceSchema.safeParse(value);
    const start = nodeAt(document, ['signals', item])?.range?.[0] ?? 0;
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues) {
        const at = nodeAt(document, ['signals', item, ...path])?.range?.[0] ?? start;
        faults.push(fault(at, path.length === 0 ? message : `${path.join('.')}: ${message}`));
      }
    } else if (sources.has(parsed.data.name)) faults.push(fault(start, `${parsed.data.name} is named twice`));
    else sources.set(parsed.data.name, parsed.data);
  });
  return { sources: [...sources.values()], faults };
}

/** Reads a file. Fails as `readFile` does when it is not there. */
export async function readSignalFile(file: string): Promise<ReadSignals> {
  return readSignals(await readFile(file, 'utf8'), file);
}

/** Sources of one's own before those that come with Genchi; one of the same name takes the other's place. */
export function mergedSources(
  own: readonly SignalSource[],
  shipped: readonly SignalSource[],
): readonly SignalSource[] {
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...shipped.filter(({ name }) => !names.has(name))];
}

/**
 * The sources of a server: those of a file of one's own, if there is one, before those that come with Genchi. Fails with
 * `bad-signals` when the file cannot be read; what is wrong in it is among the faults.
 */
export async function loadSignals(file: string | undefined): Promise<ReadSignals> {
  const shipped = await readSignalFile(DEFAULT_SIGNALS);
  if (file === undefined) return shipped;
  const own = await readSignalFile(file).catch((cause: unknown) => {
    throw new AnalysisError('bad-signals', `the file of signals ${file} cannot be read`, { cause });
  });
  return { sources: mergedSources(own.sources, shipped.sources), faults: [...own.faults, ...shipped.faults] };
}
