/** docs/ccs.md against the dialect: the reasons it lists, and the fields of every event. */
import { expect, test } from 'vitest';
import { REASONS } from '../../src/dialects/ccs/reasons.ts';
import { CALL, EXTENSION_101, givenCcs, LUNCHLAB, OFFERED, QUEUE_210, WAITS } from '../dialects/ccs/given.ts';
import { connect } from '../dialects/ccs/listener.ts';
import { eventually } from '../support/eventually.ts';
import { documentAt } from './examples.ts';

const PAGE = documentAt('docs/ccs.md');
const LUNCH = 'demo-tenant-lunch';
const TOKENS = {
  'Agent Events': 'demo-agent-events',
  'Call Events': 'demo-call-events',
  'Inbound Queue Events': 'demo-queue-events',
};
const ENVELOPE: ReadonlySet<string> = new Set(['event', 'tenant_id', 'timestamp', 'sequence', 'part']);

/** Name, permission and fields of each row of the table of events; what stands behind a colon are values. */
const ROWS = [...PAGE.matchAll(/^\| `(\w+)` \| ([\w ]+) \| [^|]+ \| ([^|]+) \|$/gm)].map(
  ([, name = '', permission = '', cell = '']) => ({
    name,
    permission,
    isCall: cell.startsWith('the call'),
    fields: [...(cell.split(':')[0] ?? '').matchAll(/`(\w+)`/g)].map(([, field]) => field),
  }),
);

test('the page lists every reason of a refusal', () => {
  for (const reason of Object.values(REASONS)) expect(PAGE).toContain(`\`${reason}\``);
});

test('the page lists every event, its permission and its fields', async () => {
  const ccs = await givenCcs();
  const listeners = await Promise.all(
    Object.entries(TOKENS).map(async ([permission, token]) => ({ permission, ...(await connect(ccs.url, token)) })),
  );
  await ccs.put(`${LUNCHLAB}/extensions/${EXTENSION_101}`, LUNCH, { monitor: 'true' });
  await ccs.call('lunchlab', CALL, ...OFFERED, { type: 'leg.answered', leg: 'ann' });
  await ccs.call('lunchlab', CALL, { type: 'hold', leg: 'ann' }, { type: 'retrieve', leg: 'ann' });
  await ccs.post(`/calls/${CALL}`, LUNCH, { request: 'startSuppression' });
  await ccs.post(`/calls/${CALL}`, LUNCH, { request: 'kill' });
  await ccs.call('lunchlab', 'ANOTHER', ...WAITS);
  await ccs.post('/calls/ANOTHER', LUNCH, { request: 'wait_redirect', target: QUEUE_210 });
  await ccs.post('/calls/ANOTHER', LUNCH, { request: 'wait_kill' });
  const told = () =>
    listeners.flatMap(({ permission, heard }) => heard.map((event) => ({ ...event, permission, name: event.event })));
  await eventually(
    'both calls are over',
    () => told().filter(({ name }) => name === 'call_ended').length === 2 || undefined,
  );
  await eventually('queues stand still', () => told().some(({ name }) => name === 'queue_status') || undefined);

  expect(new Set(ROWS.map(({ name }) => name))).toEqual(new Set(told().map(({ name }) => name)));
  for (const { name, permission, isCall, fields } of ROWS) {
    const last = told().findLast((event) => event.name === name);
    const { permission: heardWith, name: _, ...event } = last ?? {};
    const own = Object.keys(event).filter((key) => !ENVELOPE.has(key));
    expect([name, heardWith]).toEqual([name, permission]);
    if (isCall) expect([name, ...own]).toEqual(expect.arrayContaining(['call_id', 'state', ...fields]));
    else expect([name, ...own]).toEqual([name, ...fields]);
  }
  await Promise.all(listeners.map((listener) => listener.close()));
  await ccs.stop();
});
