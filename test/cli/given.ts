/** A server in memory with the tenant `acme`, and a command line that finds it. */
import { givenServed, type Served } from '../support/served.ts';
import { type Around, type Ran, ran } from './command-line.ts';

export interface GivenServer {
  readonly served: Served;
  /** A command line in words, or in one text split at blanks. */
  run(words: string | readonly string[], around?: Around): Promise<Ran>;
  stop(): Promise<void>;
}

export async function givenServer(): Promise<GivenServer> {
  const served = await givenServed();
  const server: GivenServer = {
    served,
    run: (words, around = {}) =>
      ran(typeof words === 'string' ? words.split(' ') : words, {
        ...around,
        env: { LEDGERLINE_URL: served.url, ...around.env },
      }),
    stop: () => served.stop(),
  };
  await server.run(['create', 'tenants', 'id=acme', 'name=Acme Ltd']);
  return server;
}
