/**
 * What this dialect remembers of the live view, kept right by one follower of the log: telephones' states and rendered
 * contact lists. A request that finds the follower behind the view asks the view instead.
 */
import type { View } from '../../model/projection.ts';
import type { Following, Runtime } from '../../model/runtime.ts';
import type { LoggedTransition } from '../../model/transition.ts';
import { ContactLists } from './contacts/list.ts';
import { PhoneHints } from './hints.ts';
import type { XucLog } from './parts.ts';

const KINDS = new Set(['contact', 'call', 'agent', 'extension']);

export class Watch {
  readonly hints: PhoneHints;
  readonly lists: ContactLists;
  readonly #following: Following;
  #broken = false;

  constructor(runtime: Runtime, logger: XucLog) {
    this.hints = new PhoneHints(runtime.live);
    this.lists = new ContactLists(this.hints, (view) => this.#isCurrent(view));
    this.#following = runtime.follow({
      after: 'now',
      only: ({ actor }) => KINDS.has(actor.kind),
      deliver: (records) => {
        for (const record of records) this.#observe(record);
      },
    });
    this.#following.ended.catch((error: unknown) => {
      this.#broken = true;
      logger.error({ err: error }, 'XUC follows the log no more: nothing is remembered');
    });
  }

  stop(): void {
    this.#following.stop();
  }

  #isCurrent(view: View): boolean {
    return !this.#broken && this.#following.position >= view.position;
  }

  #observe(record: LoggedTransition): void {
    const { actor, transition } = record;
    if (actor.kind !== 'contact') {
      this.hints.observe(record);
      return;
    }
    const { attributes } = transition.data.state.context as { readonly attributes?: { readonly user?: unknown } };
    if (typeof attributes?.user === 'string') this.lists.changed(actor.tenant, attributes.user);
  }
}
