import { readFile, writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { parseTemplate } from '../rca/index.js';
import { clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { printable } from './table.js';

/** The formats by the names that the command line has for them. */
const FORMATS = { md: 'markdown', html: 'html', json: 'json' } as const;

const optionsShape = z.looseObject({
  format: z.enum(['md', 'html', 'json']),
  output: z.string().optional(),
  template: z.string().optional(),
  publish: z.boolean().optional(),
  by: z.string().optional(),
});
type Options = z.output<typeof optionsShape>;

const DRAFT = `query Postmortem($id: ID!, $format: PostmortemFormat!, $template: String) {
  incident(id: $id) { postmortem(format: $format, template: $template) }
}`;
const draftShape = z.object({ incident: z.object({ postmortem: z.string() }).nullable() });

const PUBLISH = `mutation Publish($id: ID!, $author: String) {
  publishPostmortem(incident: $id, author: $author) { receipt { iri } markdown }
}`;
const publishShape = z.object({
  publishPostmortem: z.object({ receipt: z.object({ iri: z.string() }), markdown: z.string() }),
});

/** A template of the user's own, checked before it is sent, so that errors name its file and line. */
async function templateOf({ template: file, publish }: Options): Promise<string | undefined> {
  if (file === undefined) return undefined;
  if (publish === true) {
    throw new CliError(
      'bad-usage',
      '--template: what is published is written from the template of the server',
    );
  }
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('bad-file', `--template: ${file} cannot be read: ${reason}`, { cause });
  });
  return parseTemplate(text, file).text;
}

async function write(text: string, { output }: Options, outside: Outside): Promise<void> {
  if (output === undefined || output === '-') {
    // Line by line, since a terminal takes more than text; what goes to a file is not touched.
    outside.out.write(text.split('\n').map(printable).join('\n'));
    return;
  }
  await writeFile(output, text).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('bad-file', `--output: ${output} cannot be written: ${reason}`, { cause });
  });
}

async function publish(id: string, options: Options, self: Command, outside: Outside): Promise<void> {
  if (options.format !== 'md') throw new CliError('bad-usage', '--publish: what is published is Markdown');
  const variables = { id, author: options.by ?? null };
  const answer = await clientOf(self, outside).graphql(PUBLISH, variables, publishShape);
  const { receipt, markdown } = answer.publishPostmortem;
  if (options.output !== undefined) await write(markdown, options, outside);
  outside.err.write(`published as ${printable(receipt.iri)}\n`);
}

async function run(id: string, self: Command, outside: Outside): Promise<void> {
  const options = optionsShape.parse(self.opts());
  const template = await templateOf(options);
  if (options.publish === true) return await publish(id, options, self, outside);
  const variables = { id, format: FORMATS[options.format], template: template ?? null };
  const { incident } = await clientOf(self, outside).graphql(DRAFT, variables, draftShape);
  if (incident === null) throw new CliError('server-refused', `there is no incident ${id}`);
  await write(incident.postmortem, options, outside);
}

/** `genchi postmortem`: drafts the post-mortem of an incident, and publishes it. */
export function postmortemCommand(outside: Outside): Command {
  return new Command('postmortem')
    .description('draft the post-mortem of an incident from its evidence, every sentence with its receipts')
    .argument('<ID>', 'the id of the incident')
    .addOption(
      new Option('--format <FORMAT>', 'how it is written').choices(['md', 'html', 'json']).default('md'),
    )
    .option('--output <FILE>', 'write it to a file (default: standard output)')
    .option('--template <FILE>', 'a template of your own, Markdown with Mustache')
    .option('--publish', 'record it as it stands, so that what it cites is kept as long as it is')
    .option('--by <NAME>', 'who publishes it')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
The template that comes with Genchi is templates/postmortem.md.mustache; every server can have one of its own by
--postmortem-template.

Examples:
  genchi postmortem 20260102-checkout-2f8a6c > postmortem.md
  genchi postmortem 20260102-checkout-2f8a6c --format html --output postmortem.html
  genchi postmortem 20260102-checkout-2f8a6c --template ours.mustache
  genchi postmortem 20260102-checkout-2f8a6c --publish --by first-on-call
${EXIT_HELP}`,
    )
    .action((id: string, _, self: Command) => run(id, self, outside));
}
