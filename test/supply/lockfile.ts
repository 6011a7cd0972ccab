/** The lockfile as the tests of the supply chain read it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const entry = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
  os: z.array(z.string()).optional(),
  cpu: z.array(z.string()).optional(),
  libc: z.array(z.string()).optional(),
  // Packages of another age give a list.
  engines: z.union([z.record(z.string(), z.string()), z.array(z.string())]).optional(),
});
const lockfile = z.object({ lockfileVersion: z.literal(3), packages: z.record(z.string(), entry) });
const names = z.record(z.string(), z.string());
const overrides: z.ZodType<Overrides> = z.lazy(() => z.record(z.string(), z.union([z.string(), overrides])));
const manifest = z.object({ dependencies: names, devDependencies: names, overrides });
const scripted = z.object({ scripts: names.optional() });
const licences = z.object({
  license: z.union([z.string(), z.object({ type: z.string() })]).optional(),
  licenses: z.array(z.object({ type: z.string() })).optional(),
});

/** Versions that are set for packages which others depend on, by the package that does or for all. */
export interface Overrides {
  readonly [name: string]: string | Overrides;
}

/** One package of the lockfile. */
export type Locked = z.output<typeof entry> & { readonly path: string; readonly name: string };

function jsonOf(path: string): unknown {
  return JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** Where a file of an installed package is, its manifest unless another is named. */
export function manifestPath(path: string, file = 'package.json'): string {
  return join(ROOT, path, file);
}

/** What a package wants run when it is installed, by name. */
export function installScripts(path: string): readonly string[] {
  const { scripts = {} } = scripted.parse(jsonOf(`${path}/package.json`));
  return ['preinstall', 'install', 'postinstall'].filter((name) => Object.hasOwn(scripts, name));
}

/** Every package of the lockfile but the project itself. */
export function lockedPackages(): readonly Locked[] {
  return Object.entries(lockfile.parse(jsonOf('package-lock.json')).packages)
    .filter(([path]) => path !== '')
    .map(([path, one]) => ({ ...one, path, name: path.slice(path.lastIndexOf('node_modules/') + 13) }));
}

/** What the project asks for by itself. */
export function manifestOf() {
  return manifest.parse(jsonOf('package.json'));
}

/** The licences that an installed package states of itself, in the old form or the new. */
export function statedLicences(path: string): readonly string[] {
  const { license, licenses = [] } = licences.parse(jsonOf(`${path}/package.json`));
  const one = typeof license === 'object' ? license.type : license;
  return [...(one === undefined ? [] : [one]), ...licenses.map(({ type }) => type)];
}
