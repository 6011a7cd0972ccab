import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  installScripts,
  type Locked,
  lockedPackages,
  manifestOf,
  manifestPath,
  type Overrides,
  statedLicences,
} from './lockfile.js';
import { isWithin } from './node-range.js';

/** The oldest Node that the product runs on. */
const OLDEST_NODE = [20, 19, 0] as const;

/** Licences that ask for no more than to be named. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['PSF-2.0', 'Python-2.0', 'Unlicense', 'CC0-1.0', 'Zlib'],
  // What BSD-2-Clause was called before there were identifiers.
  'FreeBSD',
]);

const packages = lockedPackages();
const shipped = packages.filter(({ dev }) => dev !== true);

/** Packages for other platforms, which are there by name only since no machine of this platform fetches them. */
function isElsewhere({ os, cpu, libc, optional }: Locked): boolean {
  if (optional !== true) return false;
  const isThisOs = os === undefined || os.includes(process.platform);
  const isThisCpu = cpu === undefined || cpu.includes(process.arch);
  return !isThisOs || !isThisCpu || libc?.includes('glibc') === false;
}

function versionsOf(overrides: Overrides): readonly string[] {
  return Object.values(overrides).flatMap((set) => (typeof set === 'string' ? [set] : versionsOf(set)));
}

/** Whether one of the licences that a package may be taken under is permissive. */
function isPermissive(licence: string): boolean {
  return licence
    .replace(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((part) => PERMISSIVE.has(part.trim())));
}

/** What a package's licence is, by the lockfile, or by itself where its manifest is of an old form. */
function licencesOf(locked: Locked): readonly string[] {
  if (locked.license !== undefined) return [locked.license];
  if (!isElsewhere(locked)) return statedLicences(locked.path);
  // That of the same package for another platform: `@duckdb/node-bindings-linux-x64` for `…-darwin-arm64`.
  const family = locked.name.replace(/-(darwin|win32|linux|android|freebsd)-.*$/, '-');
  const sibling = packages.find(({ name, license }) => name.startsWith(family) && license !== undefined);
  return sibling?.license === undefined ? [] : [sibling.license];
}

describe('the dependencies', () => {
  it('are each of one exact version, those that are overridden too', () => {
    const { dependencies, devDependencies, overrides } = manifestOf();
    const asked = [...Object.values(dependencies), ...Object.values(devDependencies)];
    const set = versionsOf(overrides).filter((version) => !version.startsWith('$'));
    expect([...asked, ...set].filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it('are all locked with the hash of what is fetched, but those of other platforms', () => {
    const unhashed = packages.filter(
      ({ integrity }) => integrity === undefined || !/^sha512-/.test(integrity),
    );
    expect(unhashed.filter((locked) => !isElsewhere(locked)).map(({ path }) => path)).toEqual([]);
  });

  it('run nothing when they are installed', () => {
    const installed = packages.filter(({ path }) => existsSync(manifestPath(path)));
    expect(installed.length).toBeGreaterThan(700);
    const running = installed.filter(
      (locked) =>
        locked.hasInstallScript ||
        installScripts(locked.path).length > 0 ||
        // npm compiles what has one of these, told or not.
        existsSync(manifestPath(locked.path, 'binding.gyp')),
    );
    expect(running.map(({ path }) => path)).toEqual([]);
  });

  it('are permissively licensed where they are shipped', () => {
    const others = shipped.filter((locked) => !licencesOf(locked).some(isPermissive));
    expect(others.map((locked) => `${locked.path}: ${licencesOf(locked).join(', ') || 'none'}`)).toEqual([]);
  });

  it('need no newer Node than the product does', () => {
    const newer = packages.filter(({ engines }) => {
      const range = Array.isArray(engines) ? undefined : engines?.node;
      return range !== undefined && !isWithin(OLDEST_NODE, range);
    });
    expect(newer.map(({ path, version }) => `${path} ${version}`)).toEqual([]);
  });
});

describe('a range of versions', () => {
  it.each([
    ['>=18', true],
    ['>= 0.8', true],
    ['>=v12.22.12', true],
    ['^20.19.0 || >=22.12.0', true],
    ['18 || 20 || >=22', true],
    ['20.x', true],
    ['>=14 <21', true],
    ['*', true],
    ['>=20.19.1', false],
    ['>=22', false],
    ['^18.0.0 || ^22.1.0', false],
    ['>=14 <20', false],
  ])('%s holds version 20.19.0: %s', (range, expected) => {
    expect(isWithin(OLDEST_NODE, range)).toBe(expected);
  });
});
