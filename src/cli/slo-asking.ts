import { Command } from 'commander';
import { urlOption } from './client.js';
import { EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';

/** A verb of `genchi slo` that asks a running server, whose help ends with examples. */
export function asking(name: string, outside: Outside, examples: readonly string[]): Command {
  const lines = examples.map((example) => `  genchi slo ${name} ${example}`.trimEnd());
  return new Command(name)
    .addOption(urlOption(outside))
    .addHelpText('after', `\n${['Examples:', ...lines].join('\n')}\n${EXIT_HELP}`);
}
