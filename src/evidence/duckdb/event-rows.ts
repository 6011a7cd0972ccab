import { type DuckDBAppender, type DuckDBValue, LIST, listValue, VARCHAR } from '@duckdb/node-api';
import { type EventKind, type EventReceipt, eventKinds, type FieldType, kinds } from '../../model/index.js';
import { fieldColumns, HEAD_COLUMNS, quoted } from './schema.js';

type FieldColumn = (typeof fieldColumns)[number];

/** How receipts of some kinds are read: the columns to select, in the order that `receiptOf` takes them. */
export interface ReceiptReading {
  readonly columns: string;
  /** Reads a row of these columns back into the receipt that was appended. */
  readonly receiptOf: (row: readonly DuckDBValue[]) => EventReceipt;
}

/** Reads only the columns that the kinds have, of the some fifty of all: most of the time goes into values. */
export function readingOf(ofKinds: readonly EventKind[] = eventKinds): ReceiptReading {
  const names = new Set(ofKinds.flatMap((kind) => Object.keys(kinds[kind].fields)));
  const fields = fieldColumns.filter(([name]) => names.has(name));
  return {
    columns: [...HEAD_COLUMNS.slice(1), ...fields.map(([name]) => name)].map(quoted).join(', '),
    receiptOf: (row) => receiptOf(row, fields),
  };
}

const LIST_OF_TEXT = LIST(VARCHAR);

function appendOptional(appender: DuckDBAppender, text: string | undefined): void {
  if (text === undefined) appender.appendNull();
  else appender.appendVarchar(text);
}

function appendField(appender: DuckDBAppender, type: FieldType, value: unknown): void {
  if (value === undefined) appender.appendNull();
  else if (type === 'number') appender.appendDouble(Number(value));
  else if (type === 'integer' || type === 'instant') appender.appendBigInt(BigInt(Math.trunc(Number(value))));
  else if (type === 'boolean') appender.appendBoolean(value === true);
  else if (Array.isArray(value)) appender.appendList(listValue(value.map(String)), LIST_OF_TEXT);
  else appender.appendVarchar(String(value));
}

/** Appends one receipt as a row of `event`. */
export function appendEvent(appender: DuckDBAppender, batch: number, event: EventReceipt): void {
  appender.appendUInteger(batch);
  appender.appendVarchar(event.kind);
  appender.appendVarchar(event.id);
  appender.appendBigInt(BigInt(event.at));
  appender.appendBigInt(BigInt(event.receivedAt));
  appender.appendVarchar(event.door);
  appendOptional(appender, event.service);
  appendOptional(appender, event.labels === undefined ? undefined : JSON.stringify(event.labels));
  const values: Readonly<Record<string, unknown>> = { ...event };
  for (const [name, type] of fieldColumns) appendField(appender, type, values[name]);
  appender.endRow();
}

function fieldValue(type: FieldType, value: DuckDBValue): unknown {
  switch (type) {
    case 'number':
    case 'integer':
    case 'instant':
      return Number(value);
    case 'boolean':
      return value === true;
    case 'receipts':
      return typeof value === 'object' && value !== null && 'items' in value
        ? [...value.items].map(String)
        : [];
    case 'text':
    case 'service':
    case 'receipt':
    case 'json':
      return String(value);
  }
}

function receiptOf(row: readonly DuckDBValue[], columns: readonly FieldColumn[]): EventReceipt {
  const [kind, id, at, receivedAt, door, service, labels, ...fields] = row;
  const receipt: Record<string, unknown> = { kind, id, at: Number(at), receivedAt: Number(receivedAt), door };
  if (service !== null) receipt.service = service;
  if (labels !== null) receipt.labels = JSON.parse(String(labels));
  columns.forEach(([name, type], column) => {
    const value = fields[column];
    if (value !== null && value !== undefined) receipt[name] = fieldValue(type, value);
  });
  // The row was written by appendEvent from a receipt of this kind, so it has the shape of one.
  return receipt as unknown as EventReceipt;
}
