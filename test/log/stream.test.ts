import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { connect } from 'nats';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJetStreamLog } from '../../src/log/jetstream-log.ts';
import { type NatsServer, startNatsServer } from '../support/nats-server.ts';

const mintId = () => 'minted';

describe('a server', () => {
  test('that is too old is refused before anything is asked of it', async () => {
    const asked: string[] = [];
    const info = JSON.stringify({
      version: '2.10.27',
      headers: true,
      max_payload: 1_048_576,
      proto: 1,
      server_id: 'old',
    });
    const server = createServer((socket) => {
      socket.write(`INFO ${info}\r\n`);
      socket.on('data', (bytes) => {
        asked.push(bytes.toString());
        if (bytes.includes('PING')) socket.write('PONG\r\n');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const opening = openJetStreamLog({ servers: `nats://127.0.0.1:${port}`, mintId });
    await expect(opening).rejects.toMatchObject({ code: 'serverUnfit', details: { found: '2.10.27' } });
    server.close();
    expect(asked.join('')).not.toContain('$JS.API');
  });

  test('that does not answer makes the log unavailable', async () => {
    const opening = openJetStreamLog({ servers: 'nats://127.0.0.1:1', mintId });
    await expect(opening).rejects.toMatchObject({ code: 'unavailable' });
  });
});

const FIT: Partial<StreamConfig> & { name: string } = {
  name: 'LEDGER',
  subjects: ['evt.>', 'sec.>'],
  storage: 'file',
  retention: 'limits',
  discard: 'new',
  max_age: 0,
  max_bytes: -1,
  max_msgs: -1,
  max_msgs_per_subject: -1,
  deny_delete: true,
  deny_purge: true,
  allow_atomic: true,
  allow_direct: true,
  allow_rollup_hdrs: false,
  allow_msg_ttl: false,
  republish: { src: 'evt.>', dest: 'live.evt.>' },
  metadata: { 'ledgerline.log': 'theirs' },
};

describe('the stream', () => {
  let server: NatsServer;

  beforeEach(async () => {
    server = await startNatsServer();
  });
  afterEach(() => server.remove());

  async function withStreams<T>(
    act: (streams: Awaited<ReturnType<typeof jetstreamManager>>['streams']) => Promise<T>,
  ): Promise<T> {
    const client = await connect({ servers: server.url });
    try {
      return await act((await jetstreamManager(client)).streams);
    } finally {
      await client.close();
    }
  }

  async function open(): Promise<void> {
    await (await openJetStreamLog({ servers: server.url, mintId })).close();
  }

  test('is made so that nothing is ever trimmed, deleted or purged', async () => {
    await open();
    const { config } = await withStreams((streams) => streams.info('LEDGER'));
    expect(config).toMatchObject({ ...FIT, metadata: { 'ledgerline.log': 'minted' } });
    await open();
  });

  test('of another making is taken when its settings are fit, with the id it has', async () => {
    await withStreams((streams) => streams.add({ ...FIT, subjects: ['sec.>', 'evt.>'] }));
    const log = await openJetStreamLog({ servers: server.url, mintId });
    await log.close();
    expect(log.id).toBe('theirs');
  });

  const unfit: [string, Partial<StreamConfig>][] = [
    ['max_age', { max_age: 1_000_000_000, duplicate_window: 100_000_000 }],
    ['max_msgs', { max_msgs: 1000 }],
    ['max_bytes', { max_bytes: 1_000_000 }],
    ['max_msgs_per_subject', { max_msgs_per_subject: 1 }],
    ['retention', { retention: 'workqueue' }],
    ['storage', { storage: 'memory' }],
    ['allow_atomic', { allow_atomic: false }],
    ['allow_msg_ttl', { allow_msg_ttl: true }],
    ['deny_purge', { deny_purge: false }],
    ['deny_delete', { deny_delete: false }],
    ['subjects', { subjects: ['evt.>'] }],
    ['republish', { republish: { src: 'evt.>', dest: 'other.>' } }],
    ['subject_transform', { subject_transform: { src: 'evt.>', dest: 'evt.moved.>' } }],
  ];

  test.for(unfit)('of another making is refused for its %s', async ([name, setting]) => {
    await withStreams((streams) => streams.add({ ...FIT, ...setting }));
    await expect(open()).rejects.toMatchObject({ code: 'serverUnfit', details: { name } });
  });

  test('without a log id is no log of ours', async () => {
    await withStreams((streams) => streams.add({ ...FIT, metadata: {} }));
    await expect(open()).rejects.toMatchObject({
      code: 'serverUnfit',
      message: expect.stringContaining('ledgerline.log'),
    });
  });
});
