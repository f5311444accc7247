/**
 * What a command of the CTI socket is given, and how it may react: frames for its client, or a plan to be submitted.
 */
import type { JsonObject } from '../../../model/json.ts';
import type { View } from '../../../model/projection.ts';
import type { Person } from '../people.ts';
import type { Plan } from '../plans.ts';
import { errorFrame, type Frame } from './frames.ts';

/** A command as it arrived, and what it may use. */
export interface Asked {
  readonly view: View;
  readonly person: Person;
  /** True for who may act for other agents of his tenant. */
  readonly mayActForOthers: boolean;
  readonly fields: JsonObject;
  /** Id of the one command it may make. */
  readonly command: string;
  readonly subscriptions: Subscriptions;
  /** What the telephone of this number does; of a change of it listeners hear from now on. */
  readonly statusOf: (number: string) => number;
}

/** What a session is told of beside its own user. */
export interface Subscriptions {
  agentEvents: boolean;
  agentStatistics: boolean;
  queueStatistics: boolean;
  /** Number of a queue -> what was last told of its waiting calls. */
  readonly queueCalls: Map<number, string>;
  /** Numbers. */
  readonly hints: Set<string>;
}

export type Reaction =
  | { readonly kind: 'frames'; readonly frames: readonly Frame[] }
  /** To be submitted. `done` follows when it is recorded; refusals go back as `failed`, else as frames of this type. */
  | {
      readonly kind: 'plan';
      readonly plan: Plan;
      readonly errorType?: 'AgentError';
      readonly done?: readonly Frame[];
      readonly failed?: Frame;
    };

export function framed(...frames: readonly Frame[]): Reaction {
  return { kind: 'frames', frames };
}

export function refused(problem: string): Reaction {
  return framed(errorFrame(problem));
}

export function planned(plan: Plan): Reaction {
  return { kind: 'plan', plan };
}

/** Numbers are texts to most clients, and numbers to some; so is what is true or false. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : '';
}

export function variablesOf({ variables }: JsonObject): JsonObject {
  return typeof variables === 'object' && variables !== null && !Array.isArray(variables)
    ? (variables as JsonObject)
    : {};
}
