/**
 * CAS sign-on: asks the CAS server the operator configured, and no other address, whether a ticket is good
 * (`serviceValidate` of protocol 2 and 3). Redirects are not followed; the answer is bounded in time and size.
 */
import type { XucCode } from '../errors.ts';
import { type Element, readXml } from './xml.ts';

export type Validated =
  | { readonly ok: true; readonly user: string }
  | { readonly ok: false; readonly code: XucCode; readonly message: string };

export interface CasClient {
  validate(service: string, ticket: string): Promise<Validated>;
}

const ANSWER_MS_MAX = 5_000;
const ANSWER_BYTES_MAX = 65_536;

const FAILURES: ReadonlyMap<string, XucCode> = new Map([
  ['INVALID_REQUEST', 'CasServerInvalidRequest'],
  ['INVALID_TICKET_SPEC', 'CasServerInvalidTicketSpec'],
  ['UNAUTHORIZED_SERVICE_PROXY', 'CasServerUnauthorizedServiceProxy'],
  ['INVALID_PROXY_CALLBACK', 'CasServerInvalidProxyCallback'],
  ['INVALID_TICKET', 'CasServerInvalidTicket'],
  ['INVALID_SERVICE', 'CasServerInvalidService'],
  ['INTERNAL_ERROR', 'CasServerInternalError'],
]);

/** `url` is the operator's; requests only add to its query. */
export function createCasClient(url: string): CasClient {
  return {
    async validate(service, ticket) {
      const asked = new URL(url);
      asked.pathname = `${asked.pathname.replace(/\/+$/, '')}/serviceValidate`;
      asked.searchParams.set('service', service);
      asked.searchParams.set('ticket', ticket);
      const answer = await textOf(asked);
      const root = answer === undefined ? undefined : readXml(answer);
      return root === undefined || root.name !== 'serviceResponse' ? UNUSABLE : resultOf(root);
    },
  };
}

const UNUSABLE: Validated = {
  ok: false,
  code: 'CasServerInvalidResponse',
  message: 'The CAS server did not answer as CAS servers do',
};

function resultOf({ children }: Element): Validated {
  const success = children.find(({ name }) => name === 'authenticationSuccess');
  const failure = children.find(({ name }) => name === 'authenticationFailure');
  if (failure !== undefined) {
    const code = FAILURES.get(failure.attributes.code ?? '');
    return code === undefined ? UNUSABLE : { ok: false, code, message: failure.text.trim().slice(0, 200) };
  }
  const user = success?.children.find(({ name }) => name === 'user')?.text.trim() ?? '';
  return user === '' ? UNUSABLE : { ok: true, user };
}

/** Undefined for no answer in time, another status than 200, or too much of it. */
async function textOf(url: URL): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    if (answer.status !== 200) {
      await answer.body?.cancel();
      return undefined;
    }
    return await bounded(answer);
  } catch {
    // Unreachable, refused, reset, too slow: all the same to who wants to sign in.
    return undefined;
  }
}

async function bounded(answer: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.length;
    if (size > ANSWER_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
