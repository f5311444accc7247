/**
 * The port of Kerberos sign-on: what verifies an SPNEGO ticket. Without one configured every ticket is refused.
 */

export interface SsoVerifier {
  /** The principal of a ticket (base64), with or without its realm; undefined when it proves nothing. */
  verify(ticket: string): Promise<VerifiedTicket | undefined>;
}

export interface VerifiedTicket {
  readonly principal: string;
  /** What the client wants back to know us too, base64. */
  readonly reply?: string;
}

export const NO_SSO: SsoVerifier = { verify: () => Promise.resolve(undefined) };
