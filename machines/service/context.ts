/**
 * What a service remembers. JSON, and bounded: its storage by storage.ts, the rest by the schemas of its events.
 */
import { EMPTY, type Storage } from './storage.ts';

export interface ServiceContext extends Storage {
  readonly configuration: string;
  readonly service: string;
  readonly user: string | null;
  readonly phoneNumber: string | null;
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
  /** The access number that leads here; its code is known to the reservation alone. */
  readonly reservation: { readonly accessNumber: string; readonly expiresAt: number | null } | null;
  /** The call that came in by it. */
  readonly call: string | null;
  /** The newest chat. */
  readonly chat: { readonly id: string; readonly open: boolean } | null;
  readonly endedAt: number | null;
}

/** Of a service that does not exist yet. */
export const ABSENT: ServiceContext = {
  configuration: '',
  service: '',
  user: null,
  phoneNumber: null,
  createdAt: 0,
  expiresAt: null,
  ...EMPTY,
  reservation: null,
  call: null,
  chat: null,
  endedAt: null,
};
