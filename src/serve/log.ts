import { destination, type Logger, pino } from 'pino';
import { z } from 'zod';

/** How log lines are written: JSON for machines, text for people. */
export type LogFormat = 'json' | 'text';

const head = z.looseObject({ level: z.number(), time: z.number(), msg: z.string().optional() });
const errorShape = z.looseObject({ message: z.string(), stack: z.string().optional() });

const LEVELS: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

function word(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text !== undefined && /^[!#-<>-~]+$/.test(text) ? text : JSON.stringify(text);
}

/** What clients send is in messages too: it must neither forge a line nor move a terminal's cursor. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

/** Writes one JSON log line as `12:34:56.789 INFO message name=value …`, in UTC; an error's stack follows it. */
export function formatLine(json: string): string {
  const parsed = head.safeParse(JSON.parse(json));
  if (!parsed.success) return json;
  const { level, time, msg, err, ...rest } = parsed.data;
  const at = new Date(time).toISOString().slice(11, 23);
  const pairs = Object.entries(rest).map(([name, value]) => ` ${name}=${word(value)}`);
  const error = errorShape.safeParse(err);
  const trouble = error.success
    ? `\n  ${(error.data.stack ?? error.data.message).replaceAll('\n', '\n  ')}`
    : '';
  return `${at} ${(LEVELS[level] ?? String(level)).padEnd(5)} ${oneLine(msg ?? '')}${pairs.join('')}${trouble}\n`;
}

/** Makes the logger of a server; lines go to standard error, which leaves standard output to the verbs. */
export function createLogger(level: string, format: LogFormat): Logger {
  const options = { level, base: null };
  const stderr = destination({ dest: 2, sync: true });
  if (format === 'json') return pino(options, stderr);
  return pino(options, { write: (line: string) => stderr.write(formatLine(line)) });
}
