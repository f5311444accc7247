/**
 * What people call an actor whose own records do not say: an agent is called as the person is who is that agent.
 */
import { entriesBy } from '../../projections/directory.ts';
import type { View } from '../model/projection.ts';
import type { Naming } from './row.ts';

/** Looked up once each, in the view given. */
export function namesIn(view: View, tenant: string): Naming {
  const known = new Map<string, string | undefined>();
  return ({ kind, id }) => {
    if (kind !== 'agent') return undefined;
    if (!known.has(id)) known.set(id, personOf(view, tenant, id));
    return known.get(id);
  };
}

function personOf(view: View, tenant: string, agent: string): string | undefined {
  const [person] = entriesBy(view, { tenant, kind: 'user', key: 'agent', value: agent });
  const { firstName = '', lastName = '' } = person?.attributes ?? {};
  return `${String(firstName)} ${String(lastName)}`.trim() || undefined;
}
