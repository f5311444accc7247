/** The GSS verifier over a library of our own making; the real one is tried in test/conformance/xuc/kerberos.test.ts. */
import { expect, test } from 'vitest';
import { loadKerberos } from '../../../src/dialects/xuc/auth/kerberos.ts';

interface Server {
  readonly username: string | null;
  readonly response: string | null;
  readonly contextComplete: boolean;
  step(ticket: string): Promise<string>;
}

function library(server: Partial<Server>) {
  const services: string[] = [];
  const initializeServer = (service: string) => {
    services.push(service);
    const known = { username: null, response: null, contextComplete: true, step: () => Promise.resolve(''), ...server };
    return Promise.resolve(known);
  };
  return { services, load: () => Promise.resolve({ default: { initializeServer } }) };
}

test('a believed ticket gives its principal and the reply', async () => {
  const { services, load } = library({ username: 'alicej@REALM', response: 'cmVwbHk=' });
  const verifier = await loadKerberos('HTTP@xuc.example', load);
  expect(await verifier.verify('YWJj')).toEqual({ principal: 'alicej@REALM', reply: 'cmVwbHk=' });
  expect(new Set(services)).toEqual(new Set(['HTTP@xuc.example']));
});

test('a ticket that the library refuses, or does not finish with, proves nothing', async () => {
  const refusing = library({ username: 'alicej@REALM', step: () => Promise.reject(new Error('clock skew')) });
  expect(await (await loadKerberos('HTTP@x', refusing.load)).verify('YWJj')).toBeUndefined();
  const unfinished = library({ username: 'alicej@REALM', contextComplete: false });
  expect(await (await loadKerberos('HTTP@x', unfinished.load)).verify('YWJj')).toBeUndefined();
});

test.each([
  ['is missing', () => Promise.reject(new Error('Cannot find package'))],
  ['is another one', () => Promise.resolve({})],
])('a configured service whose package %s is a clear error at the start', async (_, load) => {
  await expect(loadKerberos('HTTP@x', load)).rejects.toMatchObject({
    code: 'badConfiguration',
    message: expect.stringContaining('npm install kerberos'),
  });
});

test('a keytab without the key of the service is a clear error at the start', async () => {
  const load = () => Promise.resolve({ initializeServer: () => Promise.reject(new Error('Key table file not found')) });
  await expect(loadKerberos('HTTP@x', load)).rejects.toMatchObject({
    code: 'badConfiguration',
    message: expect.stringMatching(/HTTP@x in the keytab \(KRB5_KTNAME\): Key table file not found/),
  });
});
