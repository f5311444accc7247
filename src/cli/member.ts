/**
 * `ledgerline member`: who works for a queue.
 */
import type { Command } from 'commander';
import { Api, type ConnectionFlags } from './api.ts';
import { collectionOf } from './collection.ts';
import { explained, type JsonFlag, numberOf, withConnection, withJson, withTenant } from './command-options.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags, JsonFlag {
  readonly tenant?: string;
  readonly penalty?: number;
}

export function addMember(program: Command, terminal: Terminal): void {
  const member = program.command('member').description('put agents into queues and take them out');
  const put = member
    .command('add <queue> <agent>')
    .description('put an agent into a queue, or change the penalty there')
    .option('--penalty <n>', 'a higher one is asked later', numberOf)
    .action((queue: string, agent: string, flags: Flags) => add(terminal, queue, agent, flags));
  explained(withJson(withConnection(withTenant(put))), [
    ['member add support ann --tenant acme', 'ann takes its calls'],
  ]);
  const take = member
    .command('remove <queue> <agent>')
    .description('take an agent out of a queue')
    .action((queue: string, agent: string, flags: Flags) => remove(terminal, queue, agent, flags));
  explained(withJson(withConnection(withTenant(take))), [['member remove support ann --tenant acme', 'no more']]);
}

async function add(terminal: Terminal, queue: string, agent: string, flags: Flags): Promise<void> {
  const { penalty, json } = flags;
  const { api, path } = await membership(terminal, queue, agent, flags);
  const { body } = await api.send('PUT', path, penalty === undefined ? {} : { penalty });
  terminal.out(json === true ? JSON.stringify(body) : `${agent} works for ${queue}`);
}

async function remove(terminal: Terminal, queue: string, agent: string, flags: Flags): Promise<void> {
  const { api, path } = await membership(terminal, queue, agent, flags);
  const { body } = await api.send('DELETE', path);
  terminal.out(flags.json === true ? JSON.stringify(body) : `${agent} works for ${queue} no more`);
}

async function membership(terminal: Terminal, queue: string, agent: string, flags: Flags) {
  const api = Api.of(terminal, flags);
  const { of } = await collectionOf(api, terminal, `queues/${queue}/members`, flags.tenant);
  return { api, path: of(agent) };
}
