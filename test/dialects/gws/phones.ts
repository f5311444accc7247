/** Phones without a switch: each that is dialled rings at once, and nobody picks up but by an operation. */
import type { CallContext } from '../../../machines/call/context.ts';
import type { World } from '../../support/world.ts';

/** The returned function stops them. */
export function givenRingingPhones({ runtime }: World): () => void {
  const following = runtime.follow({
    after: 'now',
    only: ({ actor }) => actor.kind === 'call',
    async deliver(records) {
      for (const { actor, position, transition } of records) {
        const { legs } = transition.data.state.context as unknown as CallContext;
        const dialled = legs.filter(({ kind, state }) => kind !== 'caller' && state === 'dialing');
        for (const { id } of dialled) {
          await runtime.submit({
            id: `rings-${position}-${id}`,
            tenant: actor.tenant,
            by: 'system:switch',
            via: 'test',
            deliveries: [{ to: actor, event: { type: 'leg.ringing', leg: id } }],
          });
        }
      }
    },
  });
  return () => following.stop();
}
