/**
 * Features: what the product lets a user do, beside his roles (genesys.md §1.6). A fixed list; a user has the ones his
 * record names, or those of his roles while it names none.
 */
import type { User } from '../../../machines/record/attributes/people.ts';
import type { JsonObject } from '../../model/json.ts';
import { path } from './links.ts';

export interface Feature {
  readonly id: string;
  readonly displayName: string;
  readonly description: string;
  /** Whose it is unless the record says otherwise. */
  readonly roles: User['roles'];
}

export const FEATURES: readonly Feature[] = [
  {
    id: 'api-voice',
    displayName: 'Voice API',
    description: 'Agent states, devices and calls',
    roles: ['agent', 'supervisor'],
  },
  {
    id: 'api-supervisor-agent',
    displayName: 'Supervisor API',
    description: 'Sets the states of other agents',
    roles: ['supervisor'],
  },
  {
    id: 'api-supervisor-monitoring',
    displayName: 'Supervisor monitoring API',
    description: 'Listens in on the calls of other agents',
    roles: ['supervisor'],
  },
  {
    id: 'api-provisioning-read',
    displayName: 'Provisioning API, reading',
    description: 'Reads users, skills, devices and places',
    roles: ['supervisor', 'admin', 'apiuser'],
  },
  {
    id: 'api-provisioning-write',
    displayName: 'Provisioning API, writing',
    description: 'Creates, changes and removes them',
    roles: ['admin', 'apiuser'],
  },
];

export function featuresOf({ features, roles }: User): readonly Feature[] {
  if (features !== undefined) return FEATURES.filter(({ id }) => features.includes(id));
  return FEATURES.filter((feature) => feature.roles.some((role) => roles.includes(role)));
}

export function featureBody({ id, displayName, description }: Feature, uri: (path: string) => string): JsonObject {
  const at = path('features', id);
  return { id, displayName, description, autoAssignOnContactCenterCreate: true, uri: uri(at), path: at };
}
