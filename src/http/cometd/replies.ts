/**
 * What the CometD project's server leaves out of its answers, and clients go by: whose answer it is, that whoever is not
 * known any more has to shake hands again, whatever he asked, and the charset (genesys.md §1.8).
 */
import type { ServerResponse } from 'node:http';
import type { ServerExtension, ServerMessage, ServerSession } from 'cometd-nodejs-server';

const JSON_TYPE = 'application/json;charset=UTF-8';
const UNKNOWN = '402::';

/** Completes every answer; data pass as they are. */
export const WHOLE_REPLIES: ServerExtension = {
  outgoing: (_server, _sender, session: ServerSession | null, message, callback) => {
    if (message.successful !== undefined) complete(message, session);
    callback(undefined, true);
  },
};

function complete(reply: ServerMessage, session: ServerSession | null): void {
  if (reply.error?.startsWith(UNKNOWN) === true) {
    reply.error = `${UNKNOWN}Unknown client`;
    reply.advice = { ...reply.advice, reconnect: 'handshake', interval: 0 };
  } else if (session !== null && reply.channel !== '/meta/handshake') {
    reply.clientId = session.id;
  }
}

/** The response, on which the library sets a type without a charset. */
export function withCharset(response: ServerResponse): ServerResponse {
  const setHeader = response.setHeader.bind(response);
  response.setHeader = (name, value) => setHeader(name, name === 'Content-Type' ? JSON_TYPE : value);
  return response;
}
