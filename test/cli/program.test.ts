import { spawnSync } from 'node:child_process';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { completionScript } from '../../src/cli/completion.js';
import { buildProgram } from '../../src/cli/program.js';
import { run, watchedOutside } from './outside.js';

/** Every verb as the words that name it. */
function verbsOf(command: Command, path: readonly string[] = []): readonly (readonly string[])[] {
  return command.commands.flatMap((child) => {
    const own = [...path, child.name()];
    return [own, ...verbsOf(child, own)];
  });
}

const whole = await buildProgram(watchedOutside());
const verbs = verbsOf(whole);

describe('genchi', () => {
  it('has the verbs that the documentation names', () => {
    expect(verbs.map((words) => words.join(' ')).sort()).toEqual([
      'backup',
      'backup verify',
      'completion',
      'config',
      'config check',
      'config print',
      'dashboards',
      'demo',
      'doctor',
      'experiment',
      'experiment list',
      'experiment start',
      'experiment status',
      'experiment stop',
      'export',
      'hygiene',
      'import',
      'improvement',
      'improvement list',
      'improvement log',
      'improvement show',
      'improvement update',
      'incidents',
      'incidents ack',
      'incidents list',
      'incidents resolve',
      'incidents show',
      'incidents stats',
      'incidents verdict',
      'log',
      'log cosign',
      'log key',
      'log rotate-key',
      'pillars',
      'pillars check',
      'pillars recompute',
      'postmortem',
      'query',
      'rca',
      'recommendations',
      'record',
      'recover',
      'restore',
      'retention',
      'retention plan',
      'retention run',
      'retention verify',
      'review',
      'runbooks',
      'runbooks check',
      'runbooks list',
      'runbooks match',
      'runbooks propose',
      'runbooks show',
      'schema',
      'serve',
      'signals',
      'signals check',
      'slo',
      'slo check',
      'slo import',
      'slo list',
      'slo register',
      'slo retire',
      'slo rules',
      'slo show',
      'token',
      'token create',
      'token list',
      'token revoke',
      'trends',
      'verify',
      'webhooks',
      'webhooks list',
      'webhooks test',
    ]);
  });

  it.each(verbs.map((words) => [words.join(' '), words]))(
    '%s --help says what it does and its exit codes',
    async (_, words) => {
      const { code, out, err } = await run([...words, '--help']);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      expect(out).toMatch(new RegExp(`^Usage: genchi ${words.join(' ')} `));
      expect(out).toMatch(/Exit codes:\n {2}0 {2}done\n/);
    },
  );

  it.each([
    ['no verb', []],
    ['an unknown verb', ['frobnicate']],
    ['an unknown flag', ['serve', '--frobnicate']],
    ['a missing argument', ['record']],
    ['a missing option', ['rca']],
    ['a duration that is none', ['rca', '--service', 'x', '--window', 'soon']],
    ['a time that is none', ['record', 'failure', '--time', 'yesterday']],
    ['an unknown format', ['query', '--format', 'xml', 'ASK {}']],
    ['two queries', ['query', '--file', 'a.rq', 'ASK {}']],
    ['a server that is no URL', ['query', 'ASK {}', '--url', 'localhost:4600']],
    ['a bad setting', ['config', 'check', '--port', 'x']],
  ])('ends with 2 for %s, and says why on standard error', async (_, argv) => {
    const { code, out, err } = await run(argv);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).not.toBe('');
  });

  it.each([
    ['record', 'failure'],
    ['query', 'ASK {}'],
    ['rca', '--service', 'x'],
    ['incidents'],
    ['incidents', 'show', 'x'],
  ])('%s ends with 3 when no server answers', async (...argv) => {
    const { code, err } = await run([...argv, '--url', 'http://127.0.0.1:1']);
    expect(code).toBe(3);
    expect(err).toBe('genchi: no answer from http://127.0.0.1:1; is `genchi serve` running there?\n');
  });

  it('asks the server that GENCHI_URL names', async () => {
    const env = { GENCHI_URL: 'http://127.0.0.1:2' };
    expect((await run(['incidents'], { env })).err).toContain('no answer from http://127.0.0.1:2;');
  });

  it('prints its version and the GraphQL schema', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    expect(await run(['schema'])).toEqual({ code: 0, out: 'type Query\n', err: '' });
  });
});

describe('genchi config check', () => {
  it('prints the effective settings with where each came from, and warns of variables that mean nothing', async () => {
    const env = { GENCHI_THREADS: '5', GENCHI_TREADS: '6' };
    const { code, out, err } = await run(['config', 'check', '--port', '0', '--graphiql', 'false'], { env });
    expect(code).toBe(0);
    expect(out).toContain('port: 0 # --port\n');
    expect(out).toContain('threads: 5 # GENCHI_THREADS\n');
    expect(out).toContain('graphiql: false # --graphiql\n');
    expect(out).toContain('host: "127.0.0.1" # default\n');
    expect(err).toBe('genchi: GENCHI_TREADS is set but is no setting of Genchi\n');
  });

  it('is what serve --check-config prints', async () => {
    const check = await run(['config', 'check', '--data', 'x']);
    expect(await run(['serve', '--check-config', '--data', 'x'])).toEqual(check);
  });
});

describe('genchi completion', () => {
  const script = (shell: 'bash' | 'zsh' | 'fish') => completionScript(shell, whole);

  /** What bash would offer after these words. */
  function offered(...words: readonly string[]): readonly string[] {
    const typed = ['genchi', ...words].map((word) => `'${word}'`).join(' ');
    const ask = `COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _genchi; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const ran = spawnSync('bash', ['-c', `${script('bash')}\n${ask}`], { encoding: 'utf8' });
    expect(ran.stderr).toBe('');
    return ran.stdout.split('\n').filter((line) => line !== '');
  }

  it('offers verbs, then the verbs and flags below them', () => {
    expect(offered('inc')).toEqual(['incidents']);
    expect(offered('incidents', 's')).toEqual(['show', 'stats']);
    expect(offered('incidents', 'show', '--j')).toEqual(['--json']);
    expect(offered('serve', '--log-')).toEqual(['--log-level', '--log-format']);
  });

  it('takes other shells, and no others', async () => {
    expect(script('fish')).toContain("complete -c genchi -n '__fish_use_subcommand' -f -a 'serve'\n");
    expect(script('zsh')).toMatch(/^autoload -U \+X bashcompinit/);
    expect((await run(['completion', 'tcsh'])).code).toBe(2);
  });
});
