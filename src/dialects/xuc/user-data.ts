/**
 * Variables of a call in this dialect: those of people carry the prefix `USR_`, and only those are ever shown; `XIVO_` is
 * what the switch would know. In the call they are user data like that of any other dialect.
 */
import type { JsonObject } from '../../model/json.ts';

const PREFIX = 'USR_';

/** As they are stored: every name with the prefix, every value as text. */
export function asUserData(variables: JsonObject = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name.startsWith(PREFIX) ? name : PREFIX + name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** Those of a call's user data that this dialect shows. */
export function shownUserData(userData: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(userData).filter(([name]) => name.startsWith(PREFIX)));
}
