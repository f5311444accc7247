/**
 * Services (genesys.md §1.6, optional there): the media that agents work on, and whether each can be had at present.
 */
import type { Resource } from './collection.ts';
import type { Exchange } from './exchange.ts';
import { path } from './links.ts';
import { VOICE } from './render.ts';

const NAMES: Readonly<Record<string, string>> = { [VOICE]: 'Voice', multimedia: 'Multimedia' };

export function services(exchange: Pick<Exchange, 'uri' | 'options'>): readonly Resource[] {
  return Object.keys(NAMES).map((id) => serviceResource(exchange, id));
}

export function service(exchange: Pick<Exchange, 'uri' | 'options'>, id: string): Resource | undefined {
  return Object.hasOwn(NAMES, id) ? serviceResource(exchange, id) : undefined;
}

function serviceResource({ uri, options }: Pick<Exchange, 'uri' | 'options'>, id: string): Resource {
  const at = path('services', id);
  const serviceState = options.channelsDown.includes(id) ? 'Inactive' : 'Active';
  return { path: at, body: () => ({ id, serviceName: NAMES[id] ?? id, serviceState, uri: uri(at), path: at }) };
}
