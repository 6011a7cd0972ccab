import type { LineTemplate, Piece } from '../evidence/index.js';
import { type EventReceipt, encodeSegment, formatInstant, instantOf } from '../model/index.js';
import type { Rule } from './mapping.js';

const EARLIEST_WRITABLE = -62_167_219_200_000;
const LATEST_WRITABLE = 253_402_300_799_999;
const PATH = /^[A-Za-z0-9._~%/-]+$/;

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r' };

/** Escapes a text for the inside of an N-Triples string. */
export function escapeLiteral(text: string): string {
  return text.replace(/[\\"\n\r]/g, (character) => escapes[character] ?? character);
}

/** A number as xsd:double writes it. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  return Object.is(value, -0) ? '-0.0' : String(value);
}

function instantText(value: number): string | undefined {
  return value >= EARLIEST_WRITABLE && value <= LATEST_WRITABLE ? formatInstant(instantOf(value)) : undefined;
}

type Writing = Exclude<Piece, { text: string }>['as'];

function written(value: unknown, as: Writing, isPath: boolean): string | undefined {
  if (value === undefined || value === null) return undefined;
  switch (as) {
    case 'plain':
      return isPath && !PATH.test(String(value)) ? undefined : String(value);
    case 'literal':
      return escapeLiteral(String(value));
    case 'segment':
      return encodeSegment(String(value));
    case 'instant':
      return instantText(Number(value));
    case 'basic-instant':
      return instantText(Number(value))?.replaceAll('-', '').replaceAll(':', '');
    case 'double':
      return doubleText(Number(value));
    case 'integer':
    case 'boolean':
      return String(value);
  }
}

type Row = Readonly<Record<string, unknown>>;

function lineOf(rule: Rule, row: Row): string | undefined {
  let line = '';
  for (const piece of rule.line.pieces) {
    const isPath =
      'column' in piece && piece.column === (rule.line.each === undefined ? rule.column?.name : 'element');
    const part =
      'text' in piece
        ? piece.text
        : written(row[piece.column], piece.as, isPath && rule.column?.type !== 'series');
    if (part === undefined) return undefined;
    line += part;
  }
  return line;
}

function elementRows(row: Row, each: string): readonly Row[] {
  const value = row[each];
  if (each === 'labels') {
    return Object.entries(value ?? {}).map(([name, text]) => ({ ...row, name, value: text }));
  }
  return Array.isArray(value) ? value.map((element) => ({ ...row, element })) : [];
}

function applies(line: LineTemplate, event: EventReceipt): boolean {
  return line.kinds === undefined || line.kinds.includes(event.kind);
}

/** The triples, one a text without its line end, that an event has by these rules: what the store would write for its row. */
export function triplesOfEvent(event: EventReceipt, rules: readonly Rule[]): readonly string[] {
  const row: Row = { ...event };
  return rules
    .filter((rule) => rule.table === 'event' && applies(rule.line, event))
    .flatMap((rule) => {
      const rows = rule.line.each === undefined ? [row] : elementRows(row, rule.line.each);
      return rows.flatMap((one) => lineOf(rule, one) ?? []);
    });
}
