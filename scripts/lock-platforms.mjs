// Completes package-lock.json with the optional packages of other platforms (darwin-arm64, win32-x64 …).
// A registry mirror that serves only one platform makes npm leave them out, and `npm ci` then refuses the file
// everywhere. They are added without an integrity hash, which npm fills in where it can fetch them.
// Run it after every change of dependencies: node scripts/lock-platforms.mjs
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const packages = { ...lock.packages };

/** What the name of a platform's package says of it. */
function platformOf(name) {
  const os = /(android|darwin|win32|freebsd|linux|openbsd|netbsd|sunos|aix)/.exec(name)?.[1];
  const cpu = /(arm64|x64|ia32|arm|s390x|ppc64|riscv64|loong64)/.exec(name)?.[1];
  const libc = name.includes('musl') ? ['musl'] : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(libc && { libc }), optional: true, ...(os && { os: [os] }) };
}

let added = 0;
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (packages[`${path}/node_modules/${name}`] || packages[`node_modules/${name}`]) continue;
    packages[`node_modules/${name}`] = { version, ...(entry.dev && { dev: true }), ...platformOf(name) };
    added += 1;
  }
}
const sorted = Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1));
writeFileSync(FILE, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
console.log(`${added} added`);
