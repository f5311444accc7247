/**
 * A record as every channel sends it: its CloudEvent as JSON, made once for as long as the record is in memory, however
 * many read it.
 */
import type { LoggedTransition } from '../model/transition.ts';

/** A function of a record that is worked out once per record. */
export function oncePerRecord<Made>(make: (record: LoggedTransition) => Made): (record: LoggedTransition) => Made {
  const made = new WeakMap<LoggedTransition, { readonly value: Made }>();
  return (record) => {
    const known = made.get(record);
    if (known !== undefined) return known.value;
    const value = make(record);
    made.set(record, { value });
    return value;
  };
}

export const textOf = oncePerRecord((record) => JSON.stringify(record.transition));
