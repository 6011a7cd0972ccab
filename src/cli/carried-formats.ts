import type { TextFormat } from '../graph/index.js';

/** The formats that evidence is exported to and imported from. */
export const carriedFormats = ['nquads', 'trig', 'jsonld', 'parquet'] as const satisfies readonly (
  | TextFormat
  | 'parquet'
)[];

/** One of {@link carriedFormats}. */
export type CarriedFormat = (typeof carriedFormats)[number];

const endings: Readonly<Record<string, CarriedFormat>> = {
  nq: 'nquads',
  nt: 'nquads',
  trig: 'trig',
  ttl: 'trig',
  jsonld: 'jsonld',
  json: 'jsonld',
  parquet: 'parquet',
};

/** The format that the ending of a file's name stands for, `.gz` aside; undefined for unknown ones. */
export function formatOfName(name: string): CarriedFormat | undefined {
  const [, ending] = /\.([a-z]+)(?:\.gz)?\/?$/.exec(name.toLowerCase()) ?? [];
  return ending === undefined ? undefined : endings[ending];
}
