/** Three nats-servers on this machine as one cluster, each on a folder of its own, routed to each other over loopback. */
import { connect, nkeyAuthenticator } from 'nats';
import { freePort } from '../../src/nats/free-port.ts';
import { type NatsServer, PATIENT, startNatsServer } from './nats-server.ts';

export interface NatsCluster {
  /** Addresses of all servers, separated by commas. */
  readonly urls: string;
  readonly names: readonly string[];
  server(name: string): NatsServer;
  /** Adds this to every server's configuration, instead of what was added before, and has them read it. */
  configure(text: string): Promise<void>;
  /** Name of the server that leads the stream; undefined while none does. */
  leaderOf(stream: string): Promise<string | undefined>;
  /** Copies of each stream, by its name. */
  copies(): Promise<Readonly<Record<string, number>>>;
  remove(): Promise<void>;
}

interface StreamList {
  readonly streams: readonly { readonly config: { readonly name: string; readonly num_replicas: number } }[];
}

const NAMES = ['one', 'two', 'three'];

/** `text` is added to nats.conf; `seed`: of a key that may ask about streams, where not everybody may. */
export async function startNatsCluster(text = '', seed?: string): Promise<NatsCluster> {
  const ports = await freePorts(NAMES.length);
  const routes = ports.map((port) => `"nats://127.0.0.1:${port}"`).join(', ');
  const confs = NAMES.map(
    (name, index) => `server_name: ${name}
      cluster { name: ledgerline, listen: "127.0.0.1:${ports[index]}", routes: [${routes}] }\n`,
  );
  const servers = await Promise.all(confs.map((conf) => startNatsServer(conf + text)));
  const urls = servers.map(({ url }) => url);
  const key = seed === undefined ? {} : { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) };
  const asked = async <Answer>(call: string): Promise<Answer> => {
    const nats = await connect({ servers: urls, ...key });
    try {
      return (await nats.request(`$JS.API.${call}`, '', PATIENT)).json<Answer>();
    } finally {
      await nats.close();
    }
  };
  return {
    urls: urls.join(','),
    names: NAMES,
    server: (name) => servers[NAMES.indexOf(name)] ?? fail(name),
    configure: async (added) => {
      await Promise.all(servers.map((server, index) => server.configure(confs[index] + added)));
    },
    async leaderOf(stream) {
      return (await asked<{ readonly cluster?: { readonly leader?: string } }>(`STREAM.INFO.${stream}`)).cluster
        ?.leader;
    },
    async copies() {
      const { streams } = await asked<StreamList>('STREAM.LIST');
      return Object.fromEntries(streams.map(({ config }) => [config.name, config.num_replicas]));
    },
    async remove() {
      for (const server of servers) await server.remove();
    },
  };
}

function fail(name: string): never {
  throw new Error(`no server is called ${name}`);
}

/** Free also while a server that was killed is down. */
async function freePorts(count: number): Promise<readonly number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort('127.0.0.1'));
  return [...ports];
}
