/**
 * Server-sent events, read from an answer as they come: the id and the data of each. Comments and empty events are dropped.
 */

export interface Frame {
  readonly id: string;
  readonly data: string;
}

/** Ends when the answer ends; throws when its connection breaks. */
export async function* framesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const frame = frameOf(part);
      if (frame !== undefined) yield frame;
    }
  }
}

function frameOf(text: string): Frame | undefined {
  let id = '';
  const data: string[] = [];
  for (const line of text.split('\n')) {
    const [, field = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
    if (field === 'id') id = value;
    if (field === 'data') data.push(value);
  }
  return data.length === 0 ? undefined : { id, data: data.join('\n') };
}
