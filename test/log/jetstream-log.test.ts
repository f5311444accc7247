import { describe } from 'vitest';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import type { Log } from '../../src/log/log.ts';
import { logContract } from '../contracts/log.contract.ts';
import { startNatsServer } from '../support/nats-server.ts';

let minted = 0;
const mintId = () => `id${++minted}`;

describe('the JetStream log', () => {
  logContract(async () => {
    const server = await startNatsServer();
    const logs: Log[] = [];
    const another = async () => {
      const log = await openJetStreamLog({ servers: server.url, mintId });
      logs.push(log);
      return log;
    };
    return {
      log: await another(),
      another,
      end: async () => {
        await Promise.all(logs.map((log) => log.close()));
        await server.remove();
      },
    };
  });
});
