/**
 * The roster: every kind of actor there is, one line each. The ledger reads it, and what replays history through today's machines.
 */
import type { ActorKind, ActorKinds } from '../src/model/actor-kind.ts';
import { agentKind } from './agent/machine.ts';
import { callKind } from './call/machine.ts';
import { chatKind } from './chat/machine.ts';
import { claimKind } from './claim/machine.ts';
import { addressBook } from './record/address-book.ts';
import * as organisation from './record/attributes/organisation.ts';
import * as people from './record/attributes/people.ts';
import * as queues from './record/attributes/queues.ts';
import * as secrets from './record/attributes/secrets.ts';
import * as services from './record/attributes/services.ts';
import * as telephony from './record/attributes/telephony.ts';
import { recordKind } from './record/machine.ts';
import { reservationKind } from './reservation/machine.ts';
import { sealKind } from './seal/machine.ts';
import { serviceKind } from './service/machine.ts';

const roster: readonly ActorKind[] = [
  agentKind,
  callKind,
  serviceKind,
  reservationKind,
  chatKind,
  claimKind,
  sealKind,
  recordKind('telco', 'public', organisation.telco),
  recordKind('product', 'public', organisation.product),
  recordKind('role', 'public', organisation.role),
  recordKind('tenant', 'public', organisation.tenant),
  recordKind('user', 'public', people.user),
  recordKind('contact', 'public', people.contact),
  recordKind('address-book', 'public', addressBook),
  recordKind('preference', 'public', people.preference),
  recordKind('push-token', 'private', people.pushToken),
  recordKind('credential', 'private', secrets.credential),
  recordKind('token', 'private', secrets.token),
  recordKind('webhook', 'private', secrets.webhook),
  recordKind('extension', 'public', telephony.extension),
  recordKind('device', 'public', telephony.device),
  recordKind('place', 'public', telephony.place),
  recordKind('resource-group', 'public', telephony.resourceGroup),
  recordKind('queue', 'public', queues.queue),
  recordKind('outbound-queue', 'public', queues.outboundQueue),
  recordKind('conditional-route', 'public', queues.routingNumber),
  recordKind('vrq', 'public', queues.routingNumber),
  recordKind('skill', 'public', queues.skill),
  recordKind('presence-option', 'public', queues.presenceOption),
  recordKind('agent-state', 'public', queues.agentState),
  recordKind('qualification', 'public', queues.qualification),
  recordKind('qualification-answer', 'public', queues.qualificationAnswer),
  recordKind('service-configuration', 'public', services.serviceConfiguration),
];

export const kinds: ActorKinds = new Map(roster.map((kind) => [kind.name, kind]));
