/** `importSlos`: objectives from YAML, as `genchi slo import` takes them. */
import { type SloBook, type SloRevision, saysTheSame } from '../../analysis/index.js';
import { defaultLimits, readSloFiles, type SloContent } from '../../ingest/index.js';
import type { Instant } from '../../model/index.js';
import { ServeError } from '../errors.js';
import { builder } from './builder.js';
import { SloRevisionType } from './slo-revision.js';

/** What people paste is no folder; more goes in by `genchi slo import`. */
const MOST_CHARACTERS = 200_000;

const ImportInput = builder.inputType('ImportSlosInput', {
  description: 'Objectives as text.',
  fields: (t) => ({
    yaml: t.string({
      required: true,
      description: `Documents of YAML: OpenSLO v1, or Genchi's own form. At most ${MOST_CHARACTERS} characters.`,
    }),
    isTrial: t.boolean({
      required: true,
      defaultValue: false,
      description: 'Only says what would become of it, and registers nothing.',
    }),
  }),
});

/** What an objective of a text is to those that are known. */
type Outcome = 'new' | 'changed' | 'unchanged';

/** What became of one objective of a text. */
interface ImportedSlo {
  readonly name: string;
  readonly outcome: Outcome;
  /** What is in force of it; of a trial, what was before. */
  readonly revision: SloRevision | undefined;
}

/** What became of a text. */
interface SloImport {
  readonly slos: readonly ImportedSlo[];
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

const OutcomeEnum = builder.enumType('SloImportOutcome', {
  description: 'What an objective of a text is to those that are known.',
  values: {
    NEW: { value: 'new', description: 'There is none of its name in force.' },
    CHANGED: { value: 'changed', description: 'There is one, which says something else.' },
    UNCHANGED: { value: 'unchanged', description: 'It is in force as it stands; nothing is recorded.' },
  } as const satisfies Record<string, { readonly value: Outcome; readonly description: string }>,
});

const ImportedType = builder.objectRef<ImportedSlo>('ImportedSlo').implement({
  description: 'What became of one objective of a text.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name.' }),
    outcome: t.expose('outcome', { type: OutcomeEnum, description: 'What it is to those that are known.' }),
    revision: t.expose('revision', {
      type: SloRevisionType,
      nullable: true,
      description: 'What is in force of it; of a trial what was before, null where nothing was.',
    }),
  }),
});

const ImportType = builder.objectRef<SloImport>('SloImport').implement({
  description: 'What became of a text with objectives.',
  fields: (t) => ({
    slos: t.field({
      type: [ImportedType],
      description: 'Those that it holds.',
      resolve: ({ slos }) => [...slos],
    }),
    faults: t.stringList({
      description:
        'What is wrong with what is no objective, each with its line; the others are registered all the same.',
      resolve: ({ faults }) => [...faults],
    }),
    notes: t.stringList({
      description:
        'What was left out of objectives, or is taken in another way than meant, each with its line.',
      resolve: ({ notes }) => [...notes],
    }),
  }),
});

function outcomeOf(content: SloContent, known: SloRevision | undefined): Outcome {
  if (known === undefined || known.retired === true) return 'new';
  return saysTheSame(known, content) ? 'unchanged' : 'changed';
}

async function imported(
  content: SloContent,
  book: SloBook,
  now: Instant,
  isTrial: boolean,
): Promise<ImportedSlo> {
  const known = book.historyOf(content.slo)?.at(-1);
  const outcome = outcomeOf(content, known);
  const revision = isTrial ? known : (await book.register(content, now)).revision;
  return { name: content.slo, outcome, revision };
}

builder.mutationField('importSlos', (t) =>
  t.field({
    type: ImportType,
    nullable: true,
    description:
      'Registers the objectives of a text, each on its own, and says what could not be taken. Null only with an error.',
    args: { input: t.arg({ type: ImportInput, required: true, description: 'The text.' }) },
    resolve: async (_, { input: { yaml, isTrial } }, { deps, now }): Promise<SloImport> => {
      if (yaml.length > MOST_CHARACTERS) {
        throw new ServeError('bad-request', `yaml: expected at most ${MOST_CHARACTERS} characters`);
      }
      const { slos, faults, notes } = readSloFiles([{ where: 'line', text: yaml }], defaultLimits, now);
      const results: ImportedSlo[] = [];
      // One after the other: each is a receipt of its own, in the order of the text.
      for (const { content } of slos) results.push(await imported(content, deps.slos, now, isTrial));
      return { slos: results, faults, notes };
    },
  }),
);
