import { Command } from 'commander';
import { z } from 'zod';
import { clientOf, urlOption } from './client.js';
import { CliError, EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';
import { formatTable, printable } from './table.js';

const LIST = '{ webhooks { name pending sent failed dropped } }';
const listShape = z.object({
  webhooks: z.array(
    z.object({
      name: z.string(),
      pending: z.number(),
      sent: z.number(),
      failed: z.number(),
      dropped: z.number(),
    }),
  ),
});
const TEST = 'mutation Test($name: String!) { testWebhook(name: $name) { delivered message } }';
const testShape = z.object({ testWebhook: z.object({ delivered: z.boolean(), message: z.string() }) });

async function list(self: Command, outside: Outside): Promise<void> {
  const { webhooks } = await clientOf(self, outside).graphql(LIST, {}, listShape);
  const columns = ['name', 'pending', 'sent', 'failed', 'dropped'];
  const rows = webhooks.map(({ name, ...counts }) => [name, ...Object.values(counts).map(String)]);
  outside.out.write(rows.length === 0 ? 'No webhooks.\n' : formatTable({ columns, rows }));
}

async function test(name: string, self: Command, outside: Outside): Promise<void> {
  const { testWebhook } = await clientOf(self, outside).graphql(TEST, { name }, testShape);
  const line = `${name}: ${testWebhook.message}`;
  if (!testWebhook.delivered) throw new CliError('server-refused', line);
  outside.out.write(`${printable(line)}\n`);
}

/** `genchi webhooks`: lists who is told of incidents, and tries whether one can be. */
export function webhooksCommand(outside: Outside): Command {
  const listing = new Command('list')
    .description('list the webhooks of a running server, with how many notifications were sent')
    .addOption(urlOption(outside))
    .addHelpText('after', EXIT_HELP)
    .action((_, self: Command) => list(self, outside));
  const testing = new Command('test')
    .description('have a running server send the event `test` to a webhook')
    .argument('<NAME>', 'its name in the settings')
    .addOption(urlOption(outside))
    .addHelpText('after', EXIT_HELP)
    .action((name: string, _, self: Command) => test(name, self, outside));
  return new Command('webhooks')
    .description('list who is told of incidents, and try whether one can be')
    .addCommand(listing, { isDefault: true })
    .addCommand(testing)
    .addHelpText('after', `\nExamples:\n  genchi webhooks\n  genchi webhooks test pager\n${EXIT_HELP}`);
}
