/**
 * Whether a record can be one of its kind: is there such a kind, is the record where those of the kind are, and has its state the
 * form that every state of the kind has. Asked by whoever judges records (the projector, `verify`), and by whoever makes
 * them, so that nothing is recorded that is skipped afterwards.
 */
import type { ActorKind, StateForm } from './actor-kind.ts';
import { type Misfit, misfitOf } from './form.ts';
import type { LoggedTransition, TransitionData } from './transition.ts';
import { upcast } from './upcast.ts';

/** What of a kind tells the form of its records. */
export type KindForm = Pick<ActorKind, 'visibility' | 'machineVersion' | 'upcast' | 'state'>;
export type KindForms = ReadonlyMap<string, KindForm>;

/** Why it is none; undefined where it is one. Fit to be shown: names fields, and quotes nothing of what stands in them. */
export function formProblem(
  { actor, visibility, transition: { data } }: Pick<LoggedTransition, 'actor' | 'visibility' | 'transition'>,
  kinds: KindForms,
): string | undefined {
  const kind = kinds.get(actor.kind);
  if (kind === undefined) return `there is no kind ${actor.kind} here`;
  if (kind.visibility !== visibility) return `a ${visibility} record of a ${kind.visibility} kind`;
  return stateProblem(kind, data);
}

/** The same of the state alone. */
export function stateProblem(
  kind: KindForm,
  data: Pick<TransitionData, 'to' | 'state' | 'machine'>,
): string | undefined {
  if (kind.state === undefined) return undefined;
  const { to, context } = misfitsOf(kind.state);
  try {
    const today = upcast(kind, data);
    const departs = prefixed('to', to(today.to)) ?? prefixed('state.context', context(today.state.context));
    return departs && `its state is none of its kind, in ${departs}`;
  } catch {
    return `its state is none of ${data.machine}`;
  }
}

interface Misfits {
  readonly to: Misfit;
  readonly context: Misfit;
}

const made = new WeakMap<StateForm, Misfits>();

function misfitsOf(form: StateForm): Misfits {
  const known = made.get(form);
  if (known !== undefined) return known;
  const misfits = { to: misfitOf(form.to), context: misfitOf(form.context) };
  made.set(form, misfits);
  return misfits;
}

function prefixed(field: string, where: string | undefined): string | undefined {
  return where === undefined ? undefined : `data.${field}${where}`;
}
