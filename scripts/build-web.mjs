// Builds the pages of src/web to dist/web and compresses them; does nothing when what they are made of is as it was.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const ROOM = 'src/web';
const OUTPUT = 'dist/web';
const STAMP = 'dist/web.stamp';
/** What the pages are made of beside their own files. */
const GROUND = [
  'schema.graphql',
  'package-lock.json',
  'templates/tokens.css',
  'scripts/web-types.mjs',
  'scripts/build-web.mjs',
];
/** Below this, compressing costs more than it saves. */
const LEAST_BYTES = 1_024;

async function filesIn(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function fingerprint() {
  const own = (await filesIn(ROOM)).filter((name) => !name.includes('generated') && !name.endsWith('.md'));
  const hash = createHash('sha256');
  for (const name of [...own.sort(), ...GROUND])
    hash
      .update(name)
      .update('\0')
      .update(await readFile(name));
  return hash.digest('hex');
}

const compressions = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
    }),
  gz: (bytes) => promisify(gzip)(bytes, { level: 9 }),
};

async function compress(name) {
  const bytes = await readFile(name);
  if (bytes.length < LEAST_BYTES || !/\.(?:js|css|svg|html|json)$/.test(name)) return;
  await Promise.all(
    Object.entries(compressions).map(async ([ending, pack]) =>
      writeFile(`${name}.${ending}`, await pack(bytes)),
    ),
  );
}

const made = await fingerprint();
const before = await readFile(STAMP, 'utf8').catch(() => '');
if (made !== before || !existsSync(join(OUTPUT, 'index.html'))) {
  const { operationsOfPages } = await import('./web-types.mjs');
  const { build } = await import('vite');
  await build({ configFile: join(ROOM, 'vite.config.ts'), logLevel: 'warn' });
  // What a server that takes known operations alone has to know of the pages.
  await writeFile(join(OUTPUT, 'operations.json'), JSON.stringify(operationsOfPages()));
  await Promise.all((await filesIn(OUTPUT)).map(compress));
  await writeFile(STAMP, made);
}
