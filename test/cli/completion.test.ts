import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ran } from './command-line.ts';

/** What bash would offer for the last of these words. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const script = (await ran(['completion', 'bash'])).out.join('\n');
  const asked = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}`;
  const { stdout } = await promisify(execFile)('bash', [
    '-c',
    `${script}\n${asked}\n_ledgerline\necho "\${COMPREPLY[@]}"`,
  ]);
  return stdout.trim().split(' ');
}

test('bash completes commands, their commands and their options', async () => {
  expect(await offered('ledgerline', 'hi')).toEqual(['history']);
  expect(await offered('ledgerline', 'token', 'rev')).toEqual(['revoke']);
  expect(await offered('ledgerline', 'token', 'create', '--la')).toEqual(['--label']);
  expect(await offered('ledgerline', 'tail', '--ki')).toEqual(['--kind']);
});

test('fish and zsh have scripts too, other shells have none', async () => {
  expect((await ran(['completion', 'fish'])).out.join('\n')).toContain(
    "complete -c ledgerline -n '__fish_use_subcommand' -f -a history",
  );
  expect((await ran(['completion', 'zsh'])).out.join('\n')).toContain('bashcompinit');
  expect(await ran(['completion', 'csh'])).toMatchObject({ code: 2 });
});
