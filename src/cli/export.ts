/**
 * `ledgerline export`: what is administered of a tenant, as the JSON that `ledgerline import` reads. Secrets (passwords,
 * tokens) are in no export, and neither is what happens: calls, presence, history.
 */
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { JsonObject } from '../model/json.ts';
import { Api, type ConnectionFlags } from './api.ts';
import { explained, withConnection } from './command-options.ts';
import { AGENTS, agentAttributes, RECORD_COLLECTIONS } from './import-kinds.ts';
import type { Terminal } from './terminal.ts';

interface Flags extends ConnectionFlags {
  readonly output?: string;
}

export function addExport(program: Command, terminal: Terminal): void {
  const command = program
    .command('export <tenant>')
    .description('print everything administered of a tenant as JSON, for `ledgerline import`; without secrets')
    .option('--output <file>', 'write to a file instead')
    .option('--json', 'is what it prints anyway')
    .action((tenant: string, flags: Flags) => exportTenant(terminal, tenant, flags));
  explained(withConnection(command), [
    ['export acme --output acme.json', 'into a file'],
    ['export acme | LEDGERLINE_URL=http://other:8080 ledgerline import -', 'into another installation'],
  ]);
}

async function exportTenant(terminal: Terminal, tenant: string, { output, ...flags }: Flags): Promise<void> {
  const api = Api.of(terminal, flags);
  const own = attributesOf(await api.get(`/v1/tenants/${encodeURIComponent(tenant)}`));
  const lines = [entryLine({ kind: 'tenant', tenant, id: tenant, attributes: own.attributes })];
  for (const { kind, plural } of RECORD_COLLECTIONS) {
    for await (const item of api.items(`/v1/tenants/${tenant}/${plural}`)) {
      lines.push(entryLine({ kind, tenant, ...attributesOf(item) }));
    }
  }
  for await (const { id } of api.items(`/v1/tenants/${tenant}/${AGENTS.plural}`)) {
    const actor = await api.get(`/v1/tenants/${tenant}/actors/${AGENTS.kind}/${encodeURIComponent(String(id))}`);
    lines.push(entryLine({ kind: AGENTS.kind, tenant, id, attributes: agentAttributes(actor.context as JsonObject) }));
  }
  const text = `[\n${lines.join(',\n')}\n]`;
  if (output === undefined) return terminal.out(text);
  await writeFile(resolve(terminal.cwd, output), `${text}\n`);
  terminal.err(`${lines.length} records written to ${output}; passwords and tokens are not among them`);
}

function entryLine(entry: object): string {
  return JSON.stringify(entry);
}

/** Names to sign in by come with the credentials, not with the user. */
function attributesOf({ id, meta: _, actors: __, position: ___, logins: ____, ...attributes }: JsonObject) {
  return { id, attributes };
}
