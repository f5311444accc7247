/**
 * `ledgerline token recover`: another administrator's token for an installation whose last one was lost. It runs without a
 * server: whoever may write the data folder may do everything already, and nobody else can run it.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { Ledger } from '../composition/ledger.ts';
import { mintToken } from '../identity/token.ts';
import { INSTALLATION } from '../model/actor-id.ts';
import { explained, type JsonFlag, withJson } from './command-options.ts';
import { CliFailure, EXIT } from './exit.ts';
import { onLedger } from './offline.ts';
import type { Terminal } from './terminal.ts';

export function addTokenRecover(token: Command, terminal: Terminal): void {
  const command = token
    .command('recover')
    .description("make an administrator's token when none is left; no server may be running on the folder")
    .action((flags: JsonFlag) => recover(terminal, flags));
  explained(withJson(command), [
    ['token recover > admin.token', 'of the installation in ./data, or in LEDGERLINE_DATA'],
  ]);
}

async function recover(terminal: Terminal, { json }: JsonFlag): Promise<void> {
  const { secret, digest } = mintToken(randomBytes);
  const id = randomUUID();
  const attributes = { sha256: digest, label: 'made by recover', scopes: ['admin'] };
  await onLedger(terminal, async ({ runtime }: Ledger) => {
    const outcome = await runtime.submit({
      id: `recover-${id}`,
      tenant: INSTALLATION,
      by: 'system:recover',
      via: 'cli',
      deliveries: [{ to: { tenant: INSTALLATION, kind: 'token', id }, event: { type: 'create', attributes } }],
    });
    if (outcome.kind === 'rejected') {
      const { code } = outcome.rejection;
      throw new CliFailure(EXIT.failed, `refused: ${JSON.stringify(outcome.rejection)}`, { code });
    }
  });
  if (json === true) return terminal.out(JSON.stringify({ id, token: secret }));
  terminal.err(`token ${id}, for everything in all tenants; this is the only time its secret is shown:`);
  terminal.out(secret);
}
