/**
 * Sections 4.6, 4.8 and 4.14: queues, extensions, and an extension's settings within the tenant's limits.
 */
import type { Extension } from '../../../machines/record/attributes/telephony.ts';
import type { Licence } from '../../../machines/record/licences.ts';
import { agent } from '../../../projections/agents.ts';
import type { Permission } from '../../identity/permissions.ts';
import { taking } from '../../licences/licences.ts';
import type { Delivery } from '../../model/command.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { View } from '../../model/projection.ts';
import { type Answer, listBody, nestedListBody, ok, refuse } from './answers.ts';
import { changed } from './change.ts';
import { type Entry, get, list, ownerOf } from './directory.ts';
import type { Ask } from './operation.ts';
import { reachExtension, reachTenant } from './reach.ts';
import { REASONS, type Reason, reasonOf } from './reasons.ts';
import { type AcdKind, acdBody, extensionBody, RECORDING_TYPES } from './render-directory.ts';

/** Those queues for whose kind the caller has the View permission. */
export function listAcds(ask: Ask): Answer {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const { found } = reached;
  const { permissions } = ask.caller;
  const kinds = ACD_KINDS.filter(({ permission }) => permissions.has(permission));
  return ok(
    nestedListBody(
      kinds.flatMap(({ kind }) => list(ask.view, kind, found.actor.tenant).map((acd) => acdBody(kind, acd, found))),
    ),
  );
}

const ACD_KINDS: readonly { readonly kind: AcdKind; readonly permission: Permission }[] = [
  { kind: 'queue', permission: 'Voice IQs View' },
  { kind: 'outbound-queue', permission: 'Voice OQs View' },
  { kind: 'conditional-route', permission: 'Conditional Routes View' },
  { kind: 'vrq', permission: 'VRQs View' },
];

export function listExtensions(ask: Ask): Answer {
  const reached = reachTenant(ask);
  if (!reached.ok) return reached.refusal;
  const extensions = list(ask.view, 'extension', reached.found.actor.tenant);
  return ok(listBody(extensions.map((extension) => extensionBody(ask.view, extension))));
}

export async function updateExtension(ask: Ask): Promise<Answer> {
  const reached = reachExtension(ask);
  if (!reached.ok) return reached.refusal;
  const { actor } = reached.found;
  const set = typeof ask.settings === 'string' ? ask.settings : parseSettings(ask.settings);
  if (typeof set === 'string') return refuse(set);
  return changed(ask, {
    about: actor,
    done: { success: true },
    decide(view) {
      const extension = get(view, 'extension', actor.tenant, actor.id);
      if (extension === undefined) return refuse(REASONS.extensionNotFound);
      const change = settingsChange(extension.attributes, set);
      if (change === undefined) return [];
      if (set.isAgent === true && !hasAgent(view, extension)) return refuse(REASONS.noAgent);
      const before = extension.attributes;
      const licensed = taking(view, actor, before, { ...before, ...set });
      if (licensed.kind === 'exceeded') return refuse(reasonOf.exceeded(LIMITS[licensed.licence]));
      return [
        ...licensed.deliveries,
        { to: actor, event: { type: 'change', ...change } },
        ...(set.isAgent === false ? signingOut(view, extension, ask.caller.principal.by) : []),
      ];
    },
  });
}

type Settings = Partial<Pick<Extension, 'isAgent' | 'recording' | 'monitored' | 'chatsMax' | 'multimedia'>>;

/** How the document calls the limit of a licence. */
const LIMITS: Readonly<Record<Licence, string>> = {
  agents: 'max_agents',
  queues: 'max_queues',
  recorded: 'rec_extn_limit',
  monitored: 'monitor_ext_limit',
  multimedia: 'multimedia_licenses',
};

/** Each key's setting by its printed value; booleans are text in the document, and taken as themselves too. */
const SETTINGS: Readonly<Record<string, (text: string) => Settings | undefined>> = {
  is_agent: (text) => flag(text, (isAgent) => ({ isAgent })),
  recording_type: (text) => {
    const found = Object.entries(RECORDING_TYPES).find(([, printed]) => printed === text);
    return found === undefined ? undefined : { recording: found[0] as keyof typeof RECORDING_TYPES };
  },
  monitor: (text) => flag(text, (monitored) => ({ monitored })),
  max_chats: (text) => (/^[0-6]$/.test(text) ? { chatsMax: Number(text) } : undefined),
  is_multimedia_enabled: (text) => flag(text, (multimedia) => ({ multimedia })),
};

function flag(text: string, setting: (on: boolean) => Settings): Settings | undefined {
  return text === 'true' || text === 'false' ? setting(text === 'true') : undefined;
}

function parseSettings(asked: JsonObject): Settings | Reason {
  let settings: Settings = {};
  for (const [key, value] of Object.entries(asked)) {
    const parse = Object.hasOwn(SETTINGS, key) ? SETTINGS[key] : undefined;
    if (parse === undefined) return reasonOf.unknownField(key);
    const setting = typeof value === 'object' ? undefined : parse(String(value));
    if (setting === undefined) return reasonOf.invalidValue(key);
    settings = { ...settings, ...setting };
  }
  return settings;
}

/** Undefined when all is so already. */
function settingsChange(before: Settings, set: Settings): JsonObject | undefined {
  const expect: Record<string, Json> = {};
  const after: Record<string, Json> = {};
  for (const [key, value] of Object.entries(set) as [keyof Settings, Json][]) {
    if (before[key] === value) continue;
    expect[key] = before[key] ?? null;
    after[key] = value;
  }
  return Object.keys(after).length === 0 ? undefined : { expect, set: after };
}

/** Only a user can be one: an extension that belongs to nobody would be an agent in name alone. */
function hasAgent(view: View, extension: Entry<'extension'>): boolean {
  return ownerOf(view, extension)?.attributes.agent !== undefined;
}

/** Who is an agent no more does not stay signed in as one. */
function signingOut(view: View, extension: Entry<'extension'>, by: string): readonly Delivery[] {
  const { agent: id } = ownerOf(view, extension)?.attributes ?? {};
  const { tenant } = extension.actor;
  const known = id === undefined ? undefined : agent(view, tenant, id);
  if (known === undefined || known.presence === 'signedOut') return [];
  return [{ to: { tenant, kind: 'agent', id: known.id }, event: { type: 'signOut', cause: 'supervisor', by } }];
}
