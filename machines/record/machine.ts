/**
 * The record, one small machine for everything a directory holds: tenants, users, queues, credentials, …
 *   absent -> present -> removed
 * It keeps the attributes it is given. Names that must be unique are claims: in the turn in which the record gains
 * or loses one it tells the claim's own actor to hold or release it, and a name that another holds refuses the whole command.
 */
import { enqueueActions, setup } from 'xstate';
import type { z } from 'zod';
import { type ActorId, formatActor, INSTALLATION } from '../../src/model/actor-id.ts';
import type { ActorKind } from '../../src/model/actor-kind.ts';
import type { Delivery } from '../../src/model/command.ts';
import type { Form } from '../../src/model/form.ts';
import { type JsonObject, sameJson } from '../../src/model/json.ts';
import { type Fed, outputs, refuse } from '../boundary.ts';
import { stateForm } from '../state-form.ts';
import { attributesAfter, attributesBelowZero, attributesChanged } from './attributes-after.ts';
import { attributesForm } from './attributes-form.ts';
import { CHECKS, type ChangeRecord, type CheckRecord, type Claim, type RecordEvent, recordEvents } from './events.ts';

export interface RecordContext {
  readonly attributes: JsonObject;
  readonly claims: readonly Claim[];
  readonly createdAt: number;
  /** When an attribute or claim last became another. */
  readonly changedAt: number;
}

const record = setup({
  types: {} as { context: RecordContext; events: Fed<RecordEvent> },
  actions: outputs,
  guards: {
    isNotAsExpected: ({ context }, event: ChangeRecord | CheckRecord) =>
      attributesChanged(context.attributes, event).length > 0,
    goesBelowZero: ({ context }, event: ChangeRecord) => attributesBelowZero(context.attributes, event).length > 0,
  },
});

/** A kind of record. `attributes` is the schema of what it may hold. */
export function recordKind<Shape extends z.ZodRawShape>(
  name: string,
  visibility: ActorKind['visibility'],
  attributes: z.ZodObject<Shape, z.core.$strict>,
): ActorKind {
  const machine = machineOf(name);
  return {
    name,
    visibility,
    machineVersion: 1,
    machine,
    state: stateForm(machine, contextForm(attributes)),
    events: recordEvents(attributes),
    checks: CHECKS,
  };
}

function contextForm(attributes: z.ZodObject): Form {
  const claim = { fields: { scope: 'text', name: 'text' } } as const;
  return {
    fields: {
      attributes: attributesForm(attributes),
      claims: { listOf: claim },
      createdAt: 'number',
      changedAt: 'number',
    } satisfies Record<keyof RecordContext, Form>,
  };
}

function machineOf(kind: string) {
  return record.createMachine({
    id: kind,
    options: { maxIterations: 100 },
    context: { attributes: {}, claims: [], createdAt: 0, changedAt: 0 },
    initial: 'absent',
    states: {
      absent: {
        description: 'Not created yet',
        on: {
          create: {
            target: 'present',
            actions: enqueueActions(({ event, enqueue }) => {
              const { attributes, at } = event;
              const claims = distinct(event.claims ?? []);
              enqueue.assign({ attributes, claims, createdAt: at, changedAt: at });
              for (const delivery of claimTells([], claims, event.self)) enqueue({ type: 'tell', params: delivery });
            }),
          },
        },
      },
      present: {
        description: 'In the directory',
        on: {
          create: refuse('exists'),
          change: [
            {
              guard: { type: 'isNotAsExpected', params: ({ event }) => event },
              actions: { type: 'reject', params: changedMeanwhile },
            },
            {
              guard: { type: 'goesBelowZero', params: ({ event }) => event },
              actions: {
                type: 'reject',
                params: ({ context, event }) => ({
                  reason: 'belowZero',
                  details: { attributes: attributesBelowZero(context.attributes, event) },
                }),
              },
            },
            {
              actions: enqueueActions(({ context, event, enqueue }) => {
                const claims = distinct(event.claims ?? context.claims);
                enqueue.assign(changed(context, event, claims));
                for (const delivery of claimTells(context.claims, claims, event.self)) {
                  enqueue({ type: 'tell', params: delivery });
                }
              }),
            },
          ],
          check: [
            {
              guard: { type: 'isNotAsExpected', params: ({ event }) => event },
              actions: { type: 'reject', params: changedMeanwhile },
            },
            {},
          ],
          remove: {
            target: 'removed',
            actions: enqueueActions(({ context, event, enqueue }) => {
              enqueue.assign({ claims: [], changedAt: event.at });
              for (const delivery of claimTells(context.claims, [], event.self)) {
                enqueue({ type: 'tell', params: delivery });
              }
            }),
          },
        },
      },
      removed: { type: 'final', description: 'Gone for good; its id is never used again' },
    },
  });
}

function changedMeanwhile({ context, event }: { context: RecordContext; event: ChangeRecord | CheckRecord }) {
  return { reason: 'changed', details: { attributes: attributesChanged(context.attributes, event) } };
}

function changed(context: RecordContext, event: Fed<ChangeRecord>, claims: readonly Claim[]): Partial<RecordContext> {
  const attributes = attributesAfter(context.attributes, event);
  const isSame = sameJson(attributes, context.attributes) && sameJson(claims, context.claims);
  return isSame ? {} : { attributes, claims, changedAt: event.at };
}

function distinct(claims: readonly Claim[]): readonly Claim[] {
  return claims.filter((claim, index) => claims.findIndex((other) => sameJson(claim, other)) === index);
}

/** Dropped names first, so that one record may pass a name on within a command. */
function claimTells(before: readonly Claim[], after: readonly Claim[], self: ActorId): readonly Delivery[] {
  const owner = formatActor(self);
  const without = (some: readonly Claim[], others: readonly Claim[]) =>
    some.filter((claim) => !others.some((other) => sameJson(claim, other)));
  return [
    ...without(before, after).map((claim) => ({
      to: claimActor(claim, self.tenant),
      event: { type: 'release', owner },
    })),
    ...without(after, before).map((claim) => ({ to: claimActor(claim, self.tenant), event: { type: 'hold', owner } })),
  ];
}

/** The actor that guards a unique name, seen from a record of `tenant`. */
function claimActor(claim: Claim, tenant: string): ActorId {
  return { tenant: claim.scope === 'installation' ? INSTALLATION : tenant, kind: 'claim', id: claim.name };
}
