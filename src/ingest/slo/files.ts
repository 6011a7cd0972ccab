/** Reads objectives from YAML files: Genchi's own form by field, and OpenSLO v1. */
import type { Instant } from '../../model/index.js';
import { isObject } from '../json.js';
import type { Limits } from '../limits.js';
import { minutesOf } from './duration.js';
import { type FoundSlo, isOpenSlo, readOpenSlo } from './openslo/read.js';
import { type SloContent, SloReader } from './read.js';
import { formatRemark, type Remark, readYaml, type YamlDocument } from './yaml-document.js';

/** A file with its name, for errors. */
export interface SloFile {
  readonly where: string;
  readonly text: string;
}

/** An objective with the place that it was read from. */
export interface FileSlo {
  readonly content: SloContent;
  readonly where: string;
}

/** What files hold; sentences begin with file and line. */
export interface SloFiles {
  readonly slos: readonly FileSlo[];
  /** What is wrong with what is no objective. */
  readonly faults: readonly string[];
  /** What was left out of objectives, or is taken in another way than meant. */
  readonly notes: readonly string[];
}

/** The fields of an objective, or the one that is wrong. */
type NativeFields =
  | { readonly fields: Readonly<Record<string, unknown>> }
  | { readonly wrong: string; readonly message: string };

/**
 * The fields of Genchi's own form as the events door takes them. Beside these, `window` is a duration such as 30d, and
 * the founding guide's `name`, `window_secs` and `is_maximum` are taken as it means them.
 */
function nativeFields(value: Readonly<Record<string, unknown>>): NativeFields {
  const { window, window_secs: seconds, is_maximum: isMaximum, name, ...rest } = value;
  const fields: Record<string, unknown> = { ...rest };
  if (window !== undefined) {
    const minutes = minutesOf(String(window));
    if (minutes === undefined) return { wrong: 'window', message: 'expected a duration such as 30d' };
    fields.windowMinutes ??= minutes;
  }
  if (typeof seconds === 'number') fields.windowMinutes ??= seconds / 60;
  if (typeof isMaximum === 'boolean') fields.direction ??= isMaximum ? 'at_least' : 'at_most';
  if (name !== undefined) fields.slo ??= name;
  return { fields };
}

/** The objectives of a document of Genchi's own form: one, or a list of them. */
function nativeSlos(document: YamlDocument): readonly (FoundSlo | Remark)[] {
  const isList = Array.isArray(document.value);
  const values: readonly unknown[] = isList ? document.value : [document.value];
  return values.map((value, place) => {
    const path = isList ? [place] : [];
    const line = document.lineOf(path);
    const { where } = document;
    if (!isObject(value))
      return { where, line, message: 'expected an objective by field, or a document of OpenSLO v1' };
    const read = nativeFields(value);
    if ('wrong' in read) {
      const { wrong, message } = read;
      return { where, line: document.lineOf([...path, wrong]), message: `${wrong}: ${message}` };
    }
    return { document: { ...document, lineOf: (rest) => document.lineOf([...path, ...rest]) }, ...read };
  });
}

/** Reads all files together, so that documents of OpenSLO may refer to those of other files. */
export function readSloFiles(files: readonly SloFile[], limits: Limits, now: Instant): SloFiles {
  const reader = new SloReader(limits);
  const read = files.map(({ where, text }) => readYaml(where, text));
  const faults: Remark[] = read.flatMap((file) => file.faults);
  const documents = read.flatMap((file) => file.documents);
  const open = readOpenSlo(documents.filter(isOpenSlo));
  const found: FoundSlo[] = [];
  for (const one of documents.filter((document) => !isOpenSlo(document)).flatMap(nativeSlos)) {
    if ('fields' in one) found.push(one);
    else faults.push(one);
  }
  const slos = new Map<string, FileSlo>();
  for (const { document, fields } of [...found, ...open.slos]) {
    const place = (field: string): Remark => ({
      where: document.where,
      line: document.lineOf(field === '' ? [] : [field]),
      message: '',
    });
    const made = reader.read(fields, now);
    if ('faults' in made) {
      for (const { field = '', message } of made.faults) {
        faults.push({ ...place(field), message: field === '' ? message : `${field}: ${message}` });
      }
      continue;
    }
    const { where, line } = place('');
    const known = slos.get(made.content.slo);
    if (known === undefined) slos.set(made.content.slo, { content: made.content, where: `${where}:${line}` });
    else
      faults.push({ where, line, message: `the objective ${made.content.slo} stands in ${known.where} too` });
  }
  return {
    slos: [...slos.values()],
    faults: [...faults, ...open.faults].map(formatRemark),
    notes: open.notes.map(formatRemark),
  };
}
