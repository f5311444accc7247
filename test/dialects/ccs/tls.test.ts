import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createCcs } from '../../../src/dialects/ccs/routes.ts';
import { madeCertificate } from '../../support/certificate.ts';
import { eventually } from '../../support/eventually.ts';
import { givenServed } from '../../support/served.ts';

test('events come over wss as they do over ws', async () => {
  const tls = madeCertificate();
  const served = await givenServed({ tls, dialects: (world) => [createCcs({ ...world, mintId: () => 'none' })] });
  const heard: string[] = [];
  const socket = new WebSocket(`${served.url.replace('https', 'wss')}/6/v2/sock`, { ca: tls.cert });
  socket.on('message', (data) => heard.push(String(data)));
  const { record } = served.world;
  const of = (kind: string, id: string) => ({ tenant: 'acme', kind, id });
  const sha256 = createHash('sha256').update('mine').digest('hex');
  await record(
    'acme',
    { to: of('tenant', 'acme'), event: { type: 'create', attributes: { name: 'Acme' } } },
    { to: of('extension', '1'), event: { type: 'create', attributes: { number: '1', isAgent: true } } },
    { to: of('agent', 'ann'), event: { type: 'create', line: '1', presence: 'ready' } },
    { to: of('token', 'mine'), event: { type: 'create', attributes: { sha256, permissions: ['Agent Events'] } } },
  );
  await new Promise((resolve) => socket.once('open', resolve));
  socket.send('{"request":"connect","token":"mine"}');
  await eventually('the confirmation', () => heard[0]);
  await record('acme', { to: of('agent', 'ann'), event: { type: 'setAway' } });
  const event = await eventually('the event', () => heard[1]);
  expect(JSON.parse(event)).toMatchObject({ event: 'agent_presence', tenant_id: 'acme', extension: '1' });
  socket.close();
  await served.stop();
});
