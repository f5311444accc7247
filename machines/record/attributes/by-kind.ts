/**
 * What is recorded of a record of each kind, as the schema types it that checks every record when it is written.
 * Kinds of which nothing needs a type are not named here; theirs is JSON.
 */
import type { JsonObject } from '../../../src/model/json.ts';
import type { AddressBook } from '../address-book.ts';
import type { Product, Role, Telco, Tenant } from './organisation.ts';
import type { Contact, Preference, User } from './people.ts';
import type {
  AgentState,
  OutboundQueue,
  PresenceOption,
  Qualification,
  QualificationAnswer,
  Queue,
  RoutingNumber,
  Skill,
} from './queues.ts';
import type { Webhook } from './secrets.ts';
import type { ServiceConfiguration } from './services.ts';
import type { Device, Extension, Place, ResourceGroup } from './telephony.ts';

export interface AttributesByKind {
  readonly telco: Telco;
  readonly product: Product;
  readonly role: Role;
  readonly tenant: Tenant;
  readonly user: User;
  readonly contact: Contact;
  readonly 'address-book': AddressBook;
  readonly preference: Preference;
  readonly webhook: Webhook;
  readonly extension: Extension;
  readonly device: Device;
  readonly place: Place;
  readonly 'resource-group': ResourceGroup;
  readonly queue: Queue;
  readonly 'outbound-queue': OutboundQueue;
  readonly 'conditional-route': RoutingNumber;
  readonly vrq: RoutingNumber;
  readonly skill: Skill;
  readonly 'presence-option': PresenceOption;
  readonly 'agent-state': AgentState;
  readonly qualification: Qualification;
  readonly 'qualification-answer': QualificationAnswer;
  readonly 'service-configuration': ServiceConfiguration;
}

/** JSON for a kind that is known only when it runs. */
export type Attributes<Kind extends string> = Kind extends keyof AttributesByKind ? AttributesByKind[Kind] : JsonObject;
