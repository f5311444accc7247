/**
 * The kinds of actors that somebody may be told of. Whoever names another one would wait for it in silence.
 */
import type { InputProblem } from '../../http/parsed.ts';
import type { ActorKinds } from '../../model/actor-kind.ts';
import type { Json } from '../../model/json.ts';

/** What is wrong with the kinds that were asked for; private ones do not exist here. */
export function unknownKind(kinds: ActorKinds, asked: readonly Json[]): InputProblem | undefined {
  const unknown = asked.find((name) => kinds.get(String(name))?.visibility !== 'public');
  if (unknown === undefined) return undefined;
  const told = [...kinds.values()].filter(({ visibility }) => visibility === 'public').map(({ name }) => name);
  return { code: 'badParameter', name: 'kind', reason: `${unknown} is none of ${told.join(', ')}` };
}
