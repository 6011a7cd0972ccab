/** How surely a change cannot alter how a service runs: what it touches, and what is left of its diff. */
import type { Patch } from './patch.js';

/** How inert a change is, and why. */
export interface Inertness {
  /** 0 may do anything, 1 cannot alter how a service runs. */
  readonly value: number;
  readonly why: string;
}

interface FileSort {
  readonly path: RegExp;
  readonly what: string;
  readonly inert: number;
}

/** Sorts of files that no running service reads, or of which it cannot fail; the first that fits counts. */
const fileSorts: readonly FileSort[] = [
  {
    path: /(^|\/)(docs?|documentation)\/|\.(md|mdx|rst|adoc|txt)$|(^|\/)(license|codeowners|readme|changelog|authors)\b/i,
    what: 'documentation',
    inert: 1,
  },
  {
    path: /(_test|\.test|\.spec|_spec)\.\w+$|(^|\/)(tests?|testdata|__tests__|fixtures|e2e|golden)\//i,
    what: 'tests',
    inert: 1,
  },
  {
    path: /(^|\/)\.(github|circleci|gitlab|buildkite)\/|jenkinsfile|\.golangci|\.eslintrc|\.prettierrc|\.editorconfig|biome\.json|renovate/i,
    what: 'the build',
    inert: 1,
  },
  {
    path: /(^|[/._-])(staging|stage|dev|development|sandbox|local)([/._-])/i,
    what: 'another environment',
    inert: 0.95,
  },
  {
    path: /\.(css|scss|less|svg|png|jpe?g|gif|ico|woff2?)$|(^|\/)(theme|palette|colou?rs?|styles?)\.\w+$/i,
    what: 'styles',
    inert: 0.9,
  },
  { path: /\.(html|tmpl|tpl|hbs|ejs)$/i, what: 'templates of pages', inert: 0.7 },
  {
    path: /(^|\/)(go\.(mod|sum)|package(-lock)?\.json|yarn\.lock|pnpm-lock\.yaml|requirements\.txt|poetry\.lock|cargo\.(toml|lock)|gemfile(\.lock)?|pom\.xml|build\.gradle)$/i,
    what: 'versions of dependencies',
    inert: 0.4,
  },
];

/** The files that a message lists, as `git log --name-only` does, and those that a diff names. */
export function filesOf(message: string, diff: string): readonly string[] {
  const listed = message
    .split('\n')
    .slice(1)
    .map((line) => line.trim());
  const named = [...diff.matchAll(/^(?:\+\+\+ b\/|@@ )([\w@./-]+\.\w+)/gm)].flatMap(
    (found) => found[1] ?? [],
  );
  const paths = listed.filter((line) =>
    /^[\w@+.-]+(\/[\w@+.-]+)+$|^[\w-]*\.?[\w-]+\.\w+$|^(CODEOWNERS|Dockerfile|Makefile|Jenkinsfile|LICENSE)$/.test(
      line,
    ),
  );
  return [...new Set([...paths, ...named])];
}

function ofFiles(files: readonly string[]): Inertness {
  const sorts = files.map((path) => fileSorts.find((sort) => sort.path.test(path)));
  const least = sorts.reduce((a, b) => ((a?.inert ?? 0) <= (b?.inert ?? 0) ? a : b), sorts[0]);
  if (files.length === 0 || least === undefined) return { value: 0, why: '' };
  return { value: least.inert, why: `It touches only ${least.what}.` };
}

const PATCH_BUMP = /\bv?(\d+)\.(\d+)\.\d+/g;

function ofBumps(diff: string): Inertness {
  const versions = [...diff.matchAll(PATCH_BUMP)].map((found) => `${found[1]}.${found[2]}`);
  const pairs = new Set(versions).size;
  return versions.length > 0 && versions.length % 2 === 0 && pairs <= versions.length / 2
    ? { value: 0.7, why: 'It takes only newer patches of its dependencies.' }
    : { value: 0, why: '' };
}

const MESSAGE_SORTS: readonly FileSort[] = [
  { path: /^(docs?|documentation)\b/i, what: 'documentation', inert: 0.9 },
  { path: /^(tests?)\b/i, what: 'tests', inert: 0.9 },
  { path: /^(ci|build)\b/i, what: 'the build', inert: 0.9 },
  { path: /^(style|format|lint)\b/i, what: 'formatting', inert: 0.8 },
];

function ofMessage(message: string): Inertness {
  const first = message.replace(/^[#[(\s]+/, '');
  const sort = MESSAGE_SORTS.find(({ path }) => path.test(first));
  return sort === undefined
    ? { value: 0, why: '' }
    : { value: sort.inert, why: `It says that it is about ${sort.what}.` };
}

/** Words of what must be done in its order. */
const ORDERED = /lock|acquire|begin|commit|init|open|close|auth|await/i;

const INSTRUMENTS =
  /\b(prometheus|counter|histogram|gauge|metrics?|log(ger)?\.|\.inc\(|\.observe\(|span|trace|otel|attribute)/i;

function ofPatch(patch: Patch): Inertness {
  if (patch.reordered)
    return {
      value: [...patch.around].some((word) => ORDERED.test(word)) ? 0.1 : 0.5,
      why: 'Its diff only changes the order of lines.',
    };
  if (patch.empty) return { value: 0.9, why: 'Its diff only moves lines, or changes comments and spaces.' };
  const added = patch.hunks.flatMap((hunk) => [...hunk.added, ...hunk.pairs.map(({ to }) => to)]);
  const removed = patch.hunks.flatMap((hunk) => hunk.removed);
  const only = added.filter((line) => codeful(line));
  if (removed.length === 0 && only.length > 0 && only.every((line) => INSTRUMENTS.test(line)))
    return { value: 0.7, why: 'It adds only instruments: counters, logs, spans.' };
  return { value: 0, why: '' };
}

function codeful(line: string): boolean {
  return /\w/.test(line);
}

/** How inert a change is by its files, its diff and its message, the surest of them. */
export function inertnessOf(message: string, diff: string | undefined, patch: Patch | undefined): Inertness {
  const files = filesOf(message, diff ?? '');
  const signs = [
    ofFiles(files),
    diff === undefined
      ? { value: 0, why: '' }
      : ofBumps(files.every((file) => fileSorts.at(-1)?.path.test(file)) && files.length > 0 ? diff : ''),
    diff === undefined ? ofMessage(message) : { value: 0, why: '' },
    patch === undefined ? { value: 0, why: '' } : ofPatch(patch),
  ];
  return signs.reduce((a, b) => (b.value > a.value ? b : a));
}
