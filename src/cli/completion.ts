import { Argument, Command } from 'commander';
import { EXIT_HELP } from './exit.js';
import type { Outside } from './outside.js';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** A verb with its path (`config check`), what may follow it, and what it is for. */
interface Verb {
  readonly path: string;
  readonly words: readonly string[];
  readonly flags: readonly { readonly flag: string; readonly help: string }[];
}

/** Every verb of a program, itself first. */
function verbsOf(command: Command, path = ''): readonly Verb[] {
  const words = command.commands.map((child) => child.name());
  const flags = command.options.flatMap(({ long, description }) =>
    long === undefined || long === null ? [] : [{ flag: long, help: description }],
  );
  const help = { flag: '--help', help: 'show help' };
  const below = command.commands.flatMap((child) => verbsOf(child, `${path} ${child.name()}`.trim()));
  return [{ path, words, flags: [...flags, help] }, ...below];
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** Bash, and zsh by its bash layer: the longest verb that was typed decides what may follow. */
function bashScript(verbs: readonly Verb[]): string {
  const cases = verbs.map(({ path, words, flags }) => {
    const next = [...words, ...flags.map(({ flag }) => flag)].join(' ');
    return `    ${quote(path)}) words=${quote(next)} ;;`;
  });
  const paths = verbs.map(({ path }) => path).filter((path) => path !== '');
  return `_genchi() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path='' word words=''
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$word" in
      ${paths.map(quote).join(' | ')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$words" -- "$current")
  [ "\${#COMPREPLY[@]}" -gt 0 ] || while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$current")
}
complete -F _genchi genchi
`;
}

function fishScript(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ path, words, flags }) => {
    const seen = path.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`);
    const when = path === '' ? '__fish_use_subcommand' : seen.join('; and ');
    const condition = `complete -c genchi -n ${quote(when)}`;
    return [
      ...words.map((word) => `${condition} -f -a ${quote(word)}`),
      ...flags.map(({ flag, help }) => `${condition} -l ${flag.slice(2)} -d ${quote(help)}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** The completion script of a program for a shell. */
export function completionScript(shell: Shell, program: Command): string {
  const verbs = verbsOf(program);
  switch (shell) {
    case 'bash':
      return bashScript(verbs);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bashScript(verbs)}`;
    case 'fish':
      return fishScript(verbs);
  }
}

/** `genchi completion SHELL`: prints a completion script. */
export function completionCommand(outside: Outside, program: () => Command): Command {
  return new Command('completion')
    .description('print a script that completes genchi in a shell')
    .addArgument(new Argument('<SHELL>', 'the shell').choices(shells))
    .addHelpText(
      'after',
      `
Examples:
  source <(genchi completion bash)
  genchi completion fish > ~/.config/fish/completions/genchi.fish
${EXIT_HELP}`,
    )
    .action((shell: Shell) => {
      outside.out.write(completionScript(shell, program()));
    });
}
