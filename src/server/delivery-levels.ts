/** How far those are behind who are told what happens, at a scrape: webhooks and NATS consumers, of every tenant. */
import { isFailure } from '../errors.ts';
import type { Position } from '../model/position.ts';
import type { OutsideConsumers } from '../subscribers/outside/outside-consumers.ts';
import type { Webhooks } from '../subscribers/webhook/webhooks.ts';
import type { Levels, Sample } from './metrics.ts';

export interface Receivers {
  readonly webhooks: Pick<Webhooks, 'endpoints'>;
  readonly outside: Pick<OutsideConsumers, 'listAll'>;
}

export function deliveryLevels({ webhooks, outside }: Receivers, head: () => Position): Levels {
  const ofWebhooks = (valueOfOne: (endpoint: Webhooks['endpoints'][number]) => number): readonly Sample[] =>
    webhooks.endpoints.map((endpoint) => {
      const { tenant, id } = endpoint.settings;
      return { labels: { tenant, webhook: id }, value: valueOfOne(endpoint) };
    });
  return {
    ledgerline_webhook_behind_records: {
      help: 'Records of the log that a webhook which is switched on has not got past yet',
      labels: ['tenant', 'webhook'],
      read: () => ofWebhooks(({ settings, state }) => (settings.enabled ? Math.max(0, head() - state.position) : 0)),
    },
    ledgerline_webhook_dead_letters: {
      help: 'Records that were given up after the last try, as far as they are kept',
      labels: ['tenant', 'webhook'],
      read: () => ofWebhooks(({ state }) => state.dead.length),
    },
    ledgerline_consumer_behind_records: {
      help: 'Records for a NATS consumer that it has not acknowledged',
      labels: ['tenant', 'consumer'],
      read: () => unacknowledged(outside),
    },
  };
}

/** None while NATS does not answer: the other metrics are needed just then. */
async function unacknowledged(outside: Receivers['outside']): Promise<readonly Sample[]> {
  try {
    return (await outside.listAll()).flatMap(({ tenant, name, progress }) =>
      progress === undefined ? [] : [{ labels: { tenant, consumer: name }, value: progress.waiting }],
    );
  } catch (error) {
    if (isFailure(error, 'unavailable')) return [];
    throw error;
  }
}
