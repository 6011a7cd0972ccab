import { readFile, writeFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { z } from 'zod';
import { AnalysisError, weekNamed } from '../analysis/index.js';
import { parseReviewTemplate, reviewFormats } from '../rca/index.js';
import { clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { printable } from './table.js';

const optionsShape = z.looseObject({
  week: z.string().optional(),
  timeZone: z.string(),
  format: z.enum(reviewFormats),
  out: z.string().optional(),
  template: z.string().optional(),
});
type Options = z.output<typeof optionsShape>;

const QUERY = `query Review($week: String, $timeZone: String!, $format: ReviewFormat!, $template: String) {
  weeklyReview(week: $week, timeZone: $timeZone) { document(format: $format, template: $template) }
}`;
const shape = z.object({ weeklyReview: z.object({ document: z.string() }) });

/** A template of the user's own, checked before it is sent, so that errors name its file and line. */
async function templateOf({ template: file }: Options): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('bad-file', `--template: ${file} cannot be read: ${reason}`, { cause });
  });
  return parseReviewTemplate(text, file).text;
}

/** Fails with `bad-usage` where there is no such week or time zone, before anything is asked. */
function checkWeek({ week, timeZone }: Options): void {
  try {
    weekNamed(week ?? '2000-W01', timeZone);
  } catch (cause) {
    if (!(cause instanceof AnalysisError)) throw cause;
    throw new CliError('bad-usage', cause.message, { cause });
  }
}

async function run(self: Command, outside: Outside): Promise<void> {
  const options = optionsShape.parse(self.opts());
  const { week, timeZone, format, out } = options;
  checkWeek(options);
  const template = await templateOf(options);
  const variables = { week: week ?? null, timeZone, format, template: template ?? null };
  const { document } = (await clientOf(self, outside).graphql(QUERY, variables, shape)).weeklyReview;
  if (out === undefined || out === '-') {
    outside.out.write(document.split('\n').map(printable).join('\n'));
    return;
  }
  await writeFile(out, document).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CliError('bad-file', `--out: ${out} cannot be written: ${reason}`, { cause });
  });
}

/** `genchi review`: the review of a week. */
export function reviewCommand(outside: Outside): Command {
  return new Command('review')
    .description(
      'the review of a week: health, trends, objectives, incidents and causes, alerts, what to improve',
    )
    .option('--week <WEEK>', 'the week as ISO 8601 writes it, such as 2026-W04; the present one unless given')
    .option('--time-zone <ZONE>', 'the IANA time zone in which its days begin', 'UTC')
    .addOption(
      new Option('--format <FORMAT>', 'how it is written').choices([...reviewFormats]).default('markdown'),
    )
    .option('--out <FILE>', 'write it to a file (default: standard output)')
    .option('--template <FILE>', 'a template of your own, Markdown with Mustache')
    .addOption(urlOption(outside))
    .addHelpText(
      'after',
      `
The template that comes with Genchi is templates/review.md.mustache; every server can have one of its own by
--review-template. The same review is the page /reviews/WEEK of the server.

Examples:
  genchi review
  genchi review --week 2026-W04 --time-zone Europe/Berlin
  genchi review --week 2026-W04 --format html --out review.html
  genchi review --format json | jq '.proposals[].title'
${EXIT_HELP}`,
    )
    .action((_, self: Command) => run(self, outside));
}
