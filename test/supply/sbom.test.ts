import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lockedPackages } from './lockfile.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** https://cyclonedx.org/docs/1.5/json/, of it what scanners of weaknesses read. */
const cyclonedx = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string().regex(/^1\.\d$/),
  serialNumber: z.string().regex(/^urn:uuid:[0-9a-f-]{36}$/),
  version: z.int().min(1),
  metadata: z.object({ component: z.object({ type: z.literal('application'), name: z.literal('genchi') }) }),
  components: z.array(
    z.object({
      'bom-ref': z.string(),
      type: z.string(),
      name: z.string(),
      version: z.string(),
      purl: z.string().startsWith('pkg:npm/'),
      hashes: z.array(z.object({ alg: z.literal('SHA-512'), content: z.string().length(128) })).optional(),
    }),
  ),
  dependencies: z.array(z.object({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

/** https://spdx.github.io/spdx-spec/v2.3/ */
const spdx = z.object({
  spdxVersion: z.literal('SPDX-2.3'),
  dataLicense: z.literal('CC0-1.0'),
  SPDXID: z.literal('SPDXRef-DOCUMENT'),
  documentNamespace: z.url(),
  creationInfo: z.object({ created: z.iso.datetime(), creators: z.array(z.string()).min(1) }),
  documentDescribes: z.tuple([z.string()]),
  packages: z.array(z.object({ SPDXID: z.string(), name: z.string(), versionInfo: z.string() })),
  relationships: z.array(
    z.object({ spdxElementId: z.string(), relatedSpdxElement: z.string(), relationshipType: z.string() }),
  ),
});

let folder: string;
let bom: z.output<typeof cyclonedx>;
let document: z.output<typeof spdx>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'genchi-sbom-'));
  await run(process.execPath, ['scripts/sbom.mjs', folder], { cwd: ROOT });
  const read = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, file), 'utf8'));
  bom = cyclonedx.parse(await read('genchi.cdx.json'));
  document = spdx.parse(await read('genchi.spdx.json'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Names with versions of all that is shipped, by the lockfile. */
const shipped = (): readonly string[] =>
  lockedPackages().flatMap(({ dev, name, version }) => (dev === true ? [] : [`${name}@${version}`]));

describe('the bill of materials', () => {
  it('names every package of production, in both forms', () => {
    const inBom = new Set(bom.components.map(({ name, version }) => `${name}@${version}`));
    const inDocument = new Set(document.packages.map(({ name, versionInfo }) => `${name}@${versionInfo}`));
    expect(shipped().length).toBeGreaterThan(300);
    expect(shipped().filter((each) => !inBom.has(each))).toEqual([]);
    expect(shipped().filter((each) => !inDocument.has(each))).toEqual([]);
  });

  it('names no tool that only builds or tests', () => {
    const names = new Set(bom.components.map(({ name }) => name));
    for (const tool of ['vitest', 'typescript', '@biomejs/biome', 'playwright-core', 'vite']) {
      expect(names).not.toContain(tool);
    }
  });

  it('tells of nothing that it does not name', () => {
    const refs = new Set([...bom.components.map((each) => each['bom-ref']), bom.dependencies[0]?.ref]);
    const told = bom.dependencies.flatMap(({ ref, dependsOn }) => [ref, ...dependsOn]);
    expect(told.filter((ref) => !refs.has(ref))).toEqual([]);
    const ids = new Set([document.SPDXID, ...document.packages.map(({ SPDXID }) => SPDXID)]);
    const ends = document.relationships.flatMap((each) => [each.spdxElementId, each.relatedSpdxElement]);
    expect(ends.filter((id) => !ids.has(id))).toEqual([]);
  });
});
