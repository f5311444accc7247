/**
 * `ledgerline completion`: a script for the shell, made of the commands and options that there are.
 */
import { Argument, type Command } from 'commander';
import { explained } from './command-options.ts';
import type { Terminal } from './terminal.ts';

type Shell = 'bash' | 'zsh' | 'fish';

/** Words that may follow a command; the program itself is ''. */
type Words = ReadonlyMap<string, readonly string[]>;

const SCRIPTS: Record<Shell, (words: Words) => string> = {
  bash: bashScript,
  // zsh reads bash's completions.
  zsh: (words) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(words)}`,
  fish: fishScript,
};

export function addCompletion(program: Command, terminal: Terminal): void {
  const command = program
    .command('completion')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .description('print a completion script for bash, zsh or fish')
    .action((shell: Shell) => terminal.out(SCRIPTS[shell](wordsOf(program))));
  explained(command, [
    ['completion bash > ~/.local/share/bash-completion/completions/ledgerline', 'for bash'],
    ['completion zsh >> ~/.zshrc', 'for zsh'],
    ['completion fish > ~/.config/fish/completions/ledgerline.fish', 'for fish'],
  ]);
}

function wordsOf(program: Command): Words {
  const words = new Map<string, readonly string[]>();
  const visit = (command: Command, name: string): void => {
    const options = command.options.flatMap(({ long }) => (long == null ? [] : [long]));
    words.set(name, [...command.commands.map((inner) => inner.name()), ...options, '--help']);
    for (const inner of command.commands) visit(inner, `${name} ${inner.name()}`.trim());
  };
  visit(program, '');
  return words;
}

function bashScript(words: Words): string {
  const cases = [...words]
    .filter(([command]) => command !== '')
    .map(([command, next]) => `    '${command}') words='${next.join(' ')}' ;;`);
  return `_ledgerline() {
  local words='' command="\${COMP_WORDS[1]}"
  case "$command" in ${groupsOf(words).join('|')}) [ "$COMP_CWORD" -gt 2 ] && command="$command \${COMP_WORDS[2]}" ;; esac
  [ "$COMP_CWORD" -eq 1 ] && command=''
  case "$command" in
    '') words='${(words.get('') ?? []).join(' ')}' ;;
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _ledgerline ledgerline`;
}

function fishScript(words: Words): string {
  return [...words]
    .flatMap(([command, next]) => {
      const [group = '', inner] = command.split(' ');
      const where =
        command === ''
          ? '__fish_use_subcommand'
          : `__fish_seen_subcommand_from ${inner === undefined ? group : `${group}; and __fish_seen_subcommand_from ${inner}`}`;
      return next.map((word) => {
        const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
        return `complete -c ledgerline -n '${where}' ${what}`;
      });
    })
    .join('\n');
}

/** Commands that have commands of their own. */
function groupsOf(words: Words): readonly string[] {
  const groups = [...words.keys()].flatMap((command) => (command.includes(' ') ? [command.split(' ')[0] ?? ''] : []));
  return [...new Set(groups)];
}
