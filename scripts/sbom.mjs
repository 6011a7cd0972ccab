// Writes what the product is made of as CycloneDX and SPDX JSON, from the lockfile alone: no network, no node_modules.
// `npm sbom --omit=dev` leaves out what production shares with development (npm 10 and 11), so all of it is asked for, and
// kept is what the production dependencies reach. Beside them are named the packages that the web pages are bundled
// with, which are installed to build only, and yet shipped: whatever `src/web` imports.
// npm run sbom [-- FOLDER]     (default: ./sbom)
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'sbom';
const { name, version, dependencies, devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const WEB = 'src/web';

function npmSbom(format) {
  const flags = ['--package-lock-only', '--offline', '--sbom-type', 'application', '--sbom-format', format];
  const options = { encoding: 'utf8', maxBuffer: 256 * 1_048_576, stdio: ['ignore', 'pipe', 'inherit'] };
  return JSON.parse(execFileSync('npm', ['sbom', '--loglevel', 'error', ...flags], options));
}

/** The packages for building alone that the pages import, and which are therefore in what browsers load. */
function bundled() {
  if (!existsSync(WEB)) return [];
  // The settings of the bundler are no part of the bundle.
  const files = readdirSync(WEB, { recursive: true }).filter(
    (file) => /\.(ts|tsx|css)$/.test(file) && file !== 'vite.config.ts',
  );
  const text = files.map((file) => readFileSync(join(WEB, file), 'utf8')).join('\n');
  const specifiers = [...text.matchAll(/(?:from|import|@import)\s*\(?\s*['"]([^'".][^'"]*)['"]/g)];
  const packages = specifiers.map(([, specifier]) =>
    specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/'),
  );
  return [...new Set(packages)].filter((each) => Object.hasOwn(devDependencies, each));
}

/** All that some packages need, themselves among it, by the edges from each to what it depends on. */
function reach(roots, edges) {
  const found = new Set();
  const left = [...roots];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    left.push(...(edges.get(next) ?? []));
  }
  return found;
}

function cyclonedx(roots) {
  const bom = npmSbom('cyclonedx');
  const self = bom.metadata.component['bom-ref'];
  const edges = new Map(bom.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const direct = edges.get(self).filter((ref) => roots.has(ref.slice(0, ref.lastIndexOf('@'))));
  const kept = reach(direct, edges);
  bom.metadata.component = { ...bom.metadata.component, name };
  bom.components = bom.components.filter((component) => kept.has(component['bom-ref']));
  bom.dependencies = [
    { ref: self, dependsOn: direct },
    ...bom.dependencies.filter(({ ref }) => kept.has(ref)),
  ];
  return bom;
}

function spdx(roots) {
  const bom = npmSbom('spdx');
  const [self] = bom.documentDescribes;
  const named = new Map(bom.packages.map((each) => [each.SPDXID, each.name]));
  const needs = bom.relationships.filter(({ relationshipType }) => relationshipType !== 'DESCRIBES');
  const edges = new Map();
  // Every one of these says that its first element is needed by its second one.
  for (const { spdxElementId: needed, relatedSpdxElement: by } of needs) {
    edges.set(by, [...(edges.get(by) ?? []), needed]);
  }
  const direct = edges.get(self).filter((id) => roots.has(named.get(id)));
  const kept = reach(direct, edges);
  const isKept = ({ spdxElementId: needed, relatedSpdxElement: by }) =>
    kept.has(needed) && (kept.has(by) || (by === self && direct.includes(needed)));
  bom.packages = bom.packages.filter(({ SPDXID }) => SPDXID === self || kept.has(SPDXID));
  bom.relationships = bom.relationships.filter(
    (each) => each.relationshipType === 'DESCRIBES' || isKept(each),
  );
  return bom;
}

const roots = new Set([...Object.keys(dependencies), ...bundled()]);
mkdirSync(folder, { recursive: true });
for (const [file, bom] of [
  [`${name}.cdx.json`, cyclonedx(roots)],
  [`${name}.spdx.json`, spdx(roots)],
]) {
  writeFileSync(join(folder, file), `${JSON.stringify(bom, undefined, 2)}\n`);
  console.log(
    `${join(folder, file)}: ${name} ${version}, ${(bom.components ?? bom.packages).length} packages`,
  );
}
