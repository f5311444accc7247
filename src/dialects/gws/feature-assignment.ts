/**
 * Gives a user a feature, or takes it away. From then on he has exactly the features his record names.
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import { type Answer, type Exchange, notFound, settled } from './exchange.ts';
import { FEATURES, featuresOf } from './features.ts';
import { type Found, get } from './found.ts';

export function assignFeature(exchange: Exchange, user: Found<User>, id: string): Promise<Answer> {
  return withFeatures(exchange, user, id, (now) => (now.includes(id) ? now : [...now, id]));
}

export function unassignFeature(exchange: Exchange, user: Found<User>, id: string): Promise<Answer> {
  return withFeatures(exchange, user, id, (now) => (now.includes(id) ? now.filter((one) => one !== id) : undefined));
}

/** `change` gives the features after, or undefined when the one meant is not there. */
function withFeatures(
  exchange: Exchange,
  user: Found<User>,
  id: string,
  change: (now: readonly string[]) => readonly string[] | undefined,
): Promise<Answer> {
  return settled(exchange, () => {
    const { attributes } = get(exchange.runtime.live, user.actor.tenant, 'user', user.actor.id) ?? user;
    const features = change(featuresOf(attributes).map((feature) => feature.id));
    if (features === undefined || !FEATURES.some((feature) => feature.id === id)) return notFound('Feature', id);
    const expect = { features: attributes.features ?? null };
    return { deliveries: [{ to: user.actor, event: { type: 'change', expect, set: { features } } }] };
  });
}
