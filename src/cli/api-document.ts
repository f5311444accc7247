/**
 * What the server's own OpenAPI document says of collections and their attributes, and values read by it: text where it
 * wants text (so that extension 200 stays a text), JSON elsewhere, lists of texts also as `a;b;c`.
 */
import type { Json, JsonObject } from '../model/json.ts';
import type { Api } from './api.ts';
import { wrongUse } from './exit.ts';

/** JSON Schema of one attribute. */
type Schema = JsonObject;

export class ApiDocument {
  readonly #document: JsonObject;

  private constructor(document: JsonObject) {
    this.#document = document;
  }

  static async fetch(api: Api): Promise<ApiDocument> {
    return new ApiDocument(await api.get('/openapi.json'));
  }

  /** Schemas of the attributes that one may send when creating in the collection at this path; empty where nothing is created. */
  attributesAt(path: string): JsonObject {
    return objectOf(this.#bodyAt(path)?.properties);
  }

  /** Those of them that cannot be left out. */
  neededAt(path: string): ReadonlySet<Json> {
    const needed = this.#bodyAt(path)?.required;
    return new Set(Array.isArray(needed) ? needed : []);
  }

  /** What there is to list, as it is typed, and what it holds. */
  collections(): readonly { readonly name: string; readonly about: string }[] {
    return this.#operations('get').flatMap(({ path, operation }) => {
      const { responses, tags, summary, parameters } = operation;
      const isList = objectOf(schemaIn(objectOf(responses)['200'])?.properties).items !== undefined;
      const asks = Array.isArray(parameters) && parameters.some((one) => isQueryNeeded(objectOf(one)));
      if (!isList || asks) return [];
      const name = path.replace(/^\/v1\/(tenants\/\{tenant\}\/)?/, '').replace(/\{(\w+)\}/g, '<$1>');
      return [{ name, about: String((name.includes('/') ? undefined : this.#aboutTag(tags)) ?? summary) }];
    });
  }

  #aboutTag(tags: Json | undefined): Json | undefined {
    const [tag] = Array.isArray(tags) ? tags : [];
    const known = Array.isArray(this.#document.tags) ? this.#document.tags.map(objectOf) : [];
    return known.find(({ name }) => name === tag)?.description;
  }

  #bodyAt(path: string): JsonObject | undefined {
    const asked = path.split('/');
    const fits = (segment: string, index: number) => segment.startsWith('{') || segment === asked[index];
    return this.#operations('post')
      .filter(({ segments }) => segments.length === asked.length && segments.every(fits))
      .map(({ operation }) => schemaIn(operation.requestBody))
      .find((schema) => schema !== undefined);
  }

  #operations(method: 'get' | 'post') {
    return Object.entries(objectOf(this.#document.paths)).flatMap(([path, operations]) => {
      const { [method]: operation } = objectOf(operations);
      return operation === undefined ? [] : [{ path, segments: path.split('/'), operation: objectOf(operation) }];
    });
  }
}

/** Of what is sent or answered as JSON. */
function schemaIn(message: Json | undefined): Schema | undefined {
  const { schema } = objectOf(objectOf(objectOf(message).content)['application/json']);
  return schema === undefined ? undefined : objectOf(schema);
}

function isQueryNeeded(parameter: JsonObject): boolean {
  return parameter.in === 'query' && parameter.required === true;
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
