/**
 * What a tenant of the demo is made of, and the words its data is written in. The order of records is the order in which
 * the published documents list them.
 */
import type { JsonObject } from '../model/json.ts';

/** A directory record: kind, id, attributes. */
export type DemoRecord = readonly [kind: string, id: string, attributes: JsonObject];

export interface DemoPassword {
  readonly user: string;
  readonly dialect: 'gws' | 'xuc';
  readonly name: string;
  /** Empty: an empty password signs in. */
  readonly password: string;
}

export interface DemoToken {
  /** The bearer token itself. */
  readonly token: string;
  readonly telco?: string;
  readonly extension?: string;
  readonly permissions: readonly string[];
}

export interface DemoAgent {
  readonly id: string;
  readonly line: string;
  readonly presence?: 'ready';
}

/** A call of the past. Times are RFC 3339. */
export interface DemoCall {
  readonly id: string;
  readonly direction: 'inbound' | 'internal';
  readonly from: { readonly number: string; readonly line?: string; readonly agent?: string };
  readonly to: { readonly number: string; readonly line: string; readonly agent: string };
  readonly startedAt: string;
  readonly answeredAt?: string;
  readonly endedAt: string;
  readonly cause: 'hangup' | 'noAnswer';
}

/** A service that lives for ever, with what it keeps. */
export interface DemoService {
  readonly id: string;
  readonly configuration: string;
  readonly texts: Readonly<Record<string, string>>;
}

export interface DemoTenant {
  readonly tenant: string;
  readonly records: readonly DemoRecord[];
  readonly agents: readonly DemoAgent[];
  readonly passwords: readonly DemoPassword[];
  readonly tokens: readonly DemoToken[];
  readonly calls: readonly DemoCall[];
  readonly services?: readonly DemoService[];
}

/** An object by the names that the published documents know it by. */
export const ccs = (...ids: readonly string[]) => ids.map((id) => ({ dialect: 'ccs', id }));
export const xuc = (id: string | number) => ({ dialect: 'xuc', id: String(id) });
export const gws = (id: string) => ({ dialect: 'gws', id });
/** ms since 1970, of an RFC 3339 time. */
export const at = (time: string) => Date.parse(time);

/** A person with a line of his own, and what goes with him. */
interface Person {
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly line: string;
  readonly extensionAliases?: readonly JsonObject[];
  readonly aliases?: readonly JsonObject[];
  readonly logins?: readonly { readonly dialect: 'gws' | 'xuc'; readonly name: string }[];
  readonly agentNumber?: string;
  readonly device?: string;
}

export function person(given: Person): readonly DemoRecord[] {
  const { id, firstName, lastName, line, device } = given;
  const extension: DemoRecord = [
    'extension',
    line,
    {
      number: line,
      ...(given.extensionAliases === undefined ? {} : { aliases: given.extensionAliases }),
      user: id,
      firstName,
      lastName,
      isAgent: true,
      recording: 'none',
      monitored: false,
      chatsMax: 3,
      multimedia: false,
    },
  ];
  const user: DemoRecord = [
    'user',
    id,
    {
      firstName,
      lastName,
      ...(given.aliases === undefined ? {} : { aliases: given.aliases }),
      enabled: true,
      changePasswordOnFirstLogin: false,
      ...(given.logins === undefined ? {} : { logins: given.logins }),
      roles: ['agent'],
      agent: id,
      ...(given.agentNumber === undefined ? {} : { agentNumber: given.agentNumber }),
      extensions: [line],
      ...(device === undefined ? {} : { devices: [device] }),
      skills: [],
    },
  ];
  return [extension, user, ...(device === undefined ? [] : [deviceOf(device, line, id)])];
}

function deviceOf(id: string, line: string, user: string): DemoRecord {
  const channels = ['voice'];
  return ['device', id, { phoneNumber: line, extension: line, user, active: true, network: 'private', channels }];
}

export function members(...agents: readonly string[]): readonly JsonObject[] {
  return agents.map((agent) => ({ agent }));
}
