/** Holds answers against what the server's own OpenAPI document says of them. */
import { expect } from 'vitest';
import { z } from 'zod';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const documents = new Map<string, Promise<Document | undefined>>();

/** Fails when the status is not listed, or the JSON is not what its schema says. Paths that are in no table are passed by. */
export async function expectDescribed(
  url: string,
  asked: { readonly method: string; readonly path: string },
  answer: { readonly status: number; readonly body: unknown },
): Promise<void> {
  const document = await (documents.get(url) ?? fetched(url));
  const operation = document === undefined ? undefined : operationOf(document, asked.method, asked.path);
  if (document === undefined || operation === undefined) return;
  const where = `${asked.method} ${asked.path} ${answer.status}`;
  const listed = operation.responses[answer.status];
  expect(listed, `${where} is described`).toBeDefined();
  const schema = Object.values(listed?.content ?? {})[0]?.schema;
  if (schema === undefined) return;
  const { error } = z.fromJSONSchema(standing(schema, document)).safeParse(answer.body);
  expect(error?.issues ?? [], `${where} is as described: ${JSON.stringify(answer.body)}`).toEqual([]);
}

function fetched(url: string): Promise<Document | undefined> {
  const found = fetch(`${url}/openapi.json`).then(async (answer) =>
    answer.ok ? ((await answer.json()) as Document) : undefined,
  );
  documents.set(url, found);
  return found;
}

/** Static segments win over names, as in the server. */
function operationOf({ paths }: Document, method: string, path: string): Operation | undefined {
  const asked = path.split('?')[0]?.split('/') ?? [];
  const [found] = Object.entries(paths)
    .filter(([, operations]) => operations[method.toLowerCase()] !== undefined)
    .map(([template, operations]) => ({ segments: template.split('/'), operation: operations[method.toLowerCase()] }))
    .filter(
      ({ segments }) =>
        segments.length === asked.length &&
        segments.every((segment, index) => segment.startsWith('{') || segment === asked[index]),
    )
    .sort((a, b) => namesIn(a.segments) - namesIn(b.segments));
  return found?.operation;
}

function namesIn(segments: readonly string[]): number {
  return segments.filter((segment) => segment.startsWith('{')).length;
}

/** The schema with the components in it, as a document of its own. */
function standing(schema: object, { components }: Document): z.core.JSONSchema.JSONSchema {
  const whole = { ...schema, $defs: components.schemas };
  return JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/'));
}
