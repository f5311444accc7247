/**
 * Channels of the notifications (genesys.md §1.8) and the patterns by which clients subscribe to them.
 */

export type Topic = '/v2/me' | '/v2/me/devices' | '/v2/me/calls' | '/v2/me/channels' | '/v2/users';

export function matches(pattern: string, channel: string): boolean {
  if (pattern.endsWith('/**')) return channel.startsWith(pattern.slice(0, -2));
  if (!pattern.endsWith('/*')) return pattern === channel;
  const parent = pattern.slice(0, -1);
  return channel.startsWith(parent) && !channel.slice(parent.length).includes('/');
}

/** For supervisors and administrators alone. */
export const USERS_TOPIC: Topic = '/v2/users';
