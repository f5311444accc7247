/**
 * What the server's own OpenAPI document says of the attributes of a collection, and values read by it: text where it
 * wants text (so that extension 200 stays a text), JSON elsewhere, lists of texts also as `a;b;c`.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { Api } from './api.ts';
import { wrongUse } from './exit.ts';

/** JSON Schema of one attribute. */
type Schema = JsonObject;

export class AttributeSchemas {
  readonly #paths: JsonObject;

  private constructor(paths: JsonObject) {
    this.#paths = paths;
  }

  static async fetch(api: Api): Promise<AttributeSchemas> {
    return new AttributeSchemas(objectOf((await api.get('/openapi.json')).paths));
  }

  /** Attributes that one may send when creating in the collection at this path; empty where nothing is said of it. */
  of(collection: string): JsonObject {
    const asked = collection.split('/');
    const template = Object.keys(this.#paths).find((path) => {
      const segments = path.split('/');
      const fits = (segment: string, index: number) => segment.startsWith('{') || segment === asked[index];
      return segments.length === asked.length && segments.every(fits) && this.#bodyOf(path) !== undefined;
    });
    return template === undefined ? {} : objectOf(this.#bodyOf(template)?.properties);
  }

  #bodyOf(path: string): JsonObject | undefined {
    let found: Json | undefined = this.#paths[path];
    for (const step of ['post', 'requestBody', 'content', 'application/json', 'schema']) found = objectOf(found)[step];
    return found === undefined ? undefined : objectOf(found);
  }
}

/** The value that `text` means for an attribute; `path` is dotted, `logins.0.name`. */
export function valueAs(attributes: JsonObject, path: string, text: string): Json {
  const schema = schemaAt(attributes, path.split('.'));
  if (schema?.type === 'string') return text;
  const value = parsedJson(text);
  if (schema?.type === 'array' && objectOf(schema.items).type === 'string')
    return Array.isArray(value) ? value : text.split(';');
  if (value !== undefined) return value;
  if (schema?.type === undefined) return text;
  throw wrongUse(`${path}: ${JSON.stringify(text)} is no ${schema.type}`);
}

function schemaAt(attributes: JsonObject, path: readonly string[]): Schema | undefined {
  let schema: Schema = { type: 'object', properties: attributes };
  for (const step of path) {
    const { properties, items, additionalProperties } = schema;
    const inner = schema.type === 'array' ? items : (objectOf(properties)[step] ?? additionalProperties);
    if (typeof inner !== 'object' || inner === null) return undefined;
    schema = objectOf(inner);
  }
  return schema;
}

function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
