import { readFileSync } from 'node:fs';
import { z } from 'zod';

const packageShape = z.looseObject({ version: z.string() });

/** The version of this package, as its manifest says it. */
export const VERSION = packageShape.parse(
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')),
).version;
