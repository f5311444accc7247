import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from 'nats';
import { describe, expect, onTestFinished, test } from 'vitest';
import { versionOf } from '../../src/nats/binary-version.ts';
import {
  type EmbeddedOptions,
  type EmbeddedServer,
  type ServerStatus,
  startEmbedded,
} from '../../src/nats/embedded.ts';
import { eventually } from '../support/eventually.ts';
import { CONF, isAlive, newFolder, realServer, script } from './given.ts';

interface Started {
  readonly server: EmbeddedServer;
  readonly history: ServerStatus[];
  readonly warnings: string[];
  readonly options: EmbeddedOptions;
}

async function options(parts: Partial<EmbeddedOptions> = {}): Promise<EmbeddedOptions> {
  const path = realServer();
  return {
    binary: { path, version: await versionOf(path) },
    dataDir: parts.dataDir ?? (await newFolder()),
    confPath: CONF,
    port: 0,
    portTaken: 'refuse',
    storeBytesMax: 100_000_000,
    onStatus: () => {},
    warn: () => {},
    ...parts,
  };
}

async function started(parts: Partial<EmbeddedOptions> = {}): Promise<Started> {
  const history: ServerStatus[] = [];
  const warnings: string[] = [];
  const all = await options({
    onStatus: (status) => history.push(status),
    warn: (message) => warnings.push(message),
    ...parts,
  });
  const server = await startEmbedded(all);
  onTestFinished(() => server.stop());
  return { server, history, warnings, options: all };
}

function pidOf(server: EmbeddedServer): number {
  if (server.status.kind !== 'up') throw new Error(`the server is ${server.status.kind}`);
  return server.status.pid;
}

async function answers(url: string): Promise<boolean> {
  const connection = await connect({ servers: url, reconnect: false }).catch(() => undefined);
  await connection?.close();
  return connection !== undefined;
}

/** A Node process of its own that starts the server and prints `<pid of the server> <port>`, or the error's code. */
async function aParent(dataDir: string): Promise<{ pid: number; says: string; killed(): Promise<void> }> {
  const { onStatus: _, warn: __, ...plain } = await options({ dataDir });
  const program = `
    import { startEmbedded } from ${JSON.stringify(new URL('../../src/nats/embedded.ts', import.meta.url).href)};
    const options = { ...JSON.parse(process.argv[1]), onStatus() {}, warn() {} };
    console.log(await startEmbedded(options).then((s) => s.status.pid + ' ' + s.port, (error) => error.code));`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, JSON.stringify(plain)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const killed = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  onTestFinished(killed);
  const [says] = await once(createInterface(child.stdout), 'line');
  return { pid: child.pid ?? 0, says, killed };
}

describe('the embedded server', () => {
  test('starts on a free port, with JetStream on disk as nats.conf says, and stops', async () => {
    const { server, history, options } = await started();
    const pid = pidOf(server);
    const connection = await connect({ servers: server.url });
    expect(connection.info?.jetstream).toBe(true);
    await connection.close();
    const report: unknown = await (await fetch(`${server.monitorUrl}/jsz`)).json();
    expect(report).toMatchObject({
      config: {
        store_dir: join(options.dataDir, 'jetstream'),
        max_storage: 100_000_000,
        sync_always: true,
      },
    });
    const settings: unknown = await (await fetch(`${server.monitorUrl}/varz`)).json();
    expect(settings).toMatchObject({ auth_timeout: 10, max_pending: 64 * 1024 * 1024 });
    await server.stop();
    expect(isAlive(pid)).toBe(false);
    expect(server.status).toEqual({ kind: 'stopped' });
    expect(history).toEqual([{ kind: 'stopped' }]);
    await server.stop();
  });

  test('is left alone by mending while it says that it is well', async () => {
    const { server } = await started();
    const pid = pidOf(server);
    await server.mend();
    expect(pidOf(server)).toBe(pid);
  });

  test('is started again on the same port when it is killed, and says so', async () => {
    const { server, history } = await started();
    for (let round = 1; round <= 3; round += 1) {
      const pid = pidOf(server);
      history.length = 0;
      process.kill(pid, 'SIGKILL');
      await eventually(
        'another server is up',
        () => (server.status.kind === 'up' && pidOf(server) !== pid) || undefined,
      );
      expect(isAlive(pid)).toBe(false);
      expect(history).toEqual([
        { kind: 'restarting', reason: 'SIGKILL', attempt: expect.any(Number) },
        { kind: 'up', pid: pidOf(server) },
      ]);
      expect(await answers(server.url)).toBe(true);
    }
  });

  test('keeps trying while it cannot start, and tells why', async () => {
    const folder = await newFolder();
    const wanting = join(folder, 'wanting');
    const binary = await script(
      join(folder, 'nats-server'),
      `[ -e '${wanting}' ] && { echo 'no more room' >&2; exit 7; }\nexec '${realServer()}' "$@"`,
    );
    const { server, history } = await started({ binary: { path: binary, version: '2.15.1' } });
    await script(wanting, '');
    process.kill(pidOf(server), 'SIGKILL');
    await eventually('it has tried three times', () => history.filter(({ kind }) => kind === 'restarting')[2]);
    expect(history[2]).toMatchObject({ reason: expect.stringContaining('exit code 7\nno more room'), attempt: 3 });
    await server.stop();
    expect(history.at(-1)).toEqual({ kind: 'stopped' });
  });

  test('is gone with its parent when that is killed with -9', async () => {
    const parent = await aParent(await newFolder());
    const pid = Number(parent.says.split(' ')[0]);
    expect(isAlive(pid)).toBe(true);
    await parent.killed();
    await eventually('the server is gone', () => !isAlive(pid) || undefined);
  });

  test('starts at once on the folder of a parent that was killed with -9, whose server may still be ending', async () => {
    const dataDir = await newFolder();
    for (let round = 0; round < 3; round += 1) {
      const parent = await aParent(dataDir);
      const orphan = Number(parent.says.split(' ')[0]);
      await parent.killed();
      const { server } = await started({ dataDir });
      expect(isAlive(orphan)).toBe(false);
      expect(pidOf(server)).not.toBe(orphan);
      await server.stop();
    }
  });

  test('starts on a copy of a folder whose server runs, and leaves that one alone', async () => {
    const [dataDir, copy] = [await newFolder(), join(await newFolder(), 'copy')];
    const pid = Number((await aParent(dataDir)).says.split(' ')[0]);
    cpSync(dataDir, copy, { recursive: true });
    const { server } = await started({ dataDir: copy });
    expect(isAlive(pid)).toBe(true);
    expect(pidOf(server)).not.toBe(pid);
  });

  test('refuses a folder that another process uses, naming it', async () => {
    const dataDir = await newFolder();
    const parent = await aParent(dataDir);
    await expect(startEmbedded(await options({ dataDir }))).rejects.toMatchObject({
      code: 'alreadyRunning',
      details: { pid: parent.pid },
    });
    expect(await answers(`nats://127.0.0.1:${parent.says.split(' ')[1]}`)).toBe(true);
  });

  test('refuses a port that is taken, or takes another one where it may', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    onTestFinished(() => {
      other.close();
    });
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startEmbedded(await options({ port }))).rejects.toMatchObject({
      code: 'badConfiguration',
      message: expect.stringContaining(`port ${port} of 127.0.0.1 is taken`),
    });
    const { server, warnings } = await started({ port, portTaken: 'anyFree' });
    expect(server.port).not.toBe(port);
    expect(warnings).toEqual([expect.stringContaining(`port ${port}`)]);
  });

  test('says in the words of the server why it did not start, and lets go of the folder', async () => {
    const dataDir = await newFolder();
    const confPath = await script(join(dataDir, 'wrong.conf'), 'jetstream {\n  sync_interval: sometimes\n}');
    await expect(startEmbedded(await options({ dataDir, confPath }))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/^nats-server did not start: it ended with exit code 1\n.*wrong\.conf/s),
    });
    const { server } = await started({ dataDir });
    expect(server.status.kind).toBe('up');
  });

  test('does not wait for one that has met a damaged store, and says what is damaged', async () => {
    const { server, options } = await started();
    const connection = await connect({ servers: server.url });
    await (await jetstreamManager(connection)).streams.add({ name: 'KEPT', subjects: ['kept'] });
    await connection.close();
    await server.stop();
    const kept = readdirSync(options.dataDir, { recursive: true, encoding: 'utf8' });
    const meta = kept.find((path) => path.endsWith('KEPT/meta.inf')) ?? '';
    truncateSync(join(options.dataDir, meta));
    await expect(startEmbedded(options)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^nats-server did not start: what it keeps in .* is damaged.*KEPT' could not be rec/,
      ),
    });
  });

  test('is in a process group of its own, so that Ctrl-C in a terminal does not reach it', async () => {
    const { server } = await started();
    const fields =
      readFileSync(`/proc/${pidOf(server)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? [];
    expect(Number(fields[2])).toBe(pidOf(server));
  });

  test('leaves no process behind when it is stopped', async () => {
    const { server, options } = await started();
    const mentioning = (): string[] =>
      readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .filter((pid) => commandLineOf(pid).includes(options.dataDir));
    expect(mentioning()).toContain(String(pidOf(server)));
    await server.stop();
    await eventually('nobody works on the folder', () => mentioning().length === 0 || undefined);
  });
});

function commandLineOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
