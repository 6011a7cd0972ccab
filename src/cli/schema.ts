import { Command } from 'commander';
import { EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';

/** `genchi schema`: prints the GraphQL schema. */
export function schemaCommand(outside: Outside): Command {
  return new Command('schema')
    .description('print the GraphQL schema')
    .addHelpText('after', `\nExamples:\n  genchi schema > schema.graphql\n${EXIT_HELP}`)
    .action(async () => {
      outside.out.write(await outside.schema());
    });
}
