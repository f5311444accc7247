/** The form of attributes, from their schema: what kind of value each of them is, and not what the schema asks of it beside. */
import { z } from 'zod';
import type { Form } from '../../src/model/form.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

export function attributesForm(attributes: z.ZodObject): Form {
  return formOf(z.toJSONSchema(attributes));
}

function formOf(schema: JsonSchema | boolean | undefined): Form {
  if (typeof schema !== 'object') return 'json';
  const { type, items, properties, required = [], additionalProperties } = schema;
  if (type === 'string') return 'text';
  if (type === 'integer' || type === 'number') return 'number';
  if (type === 'boolean') return 'flag';
  if (type === 'array') return { listOf: formOf(items as JsonSchema) };
  if (type !== 'object') return 'json';
  if (properties === undefined) return { mapOf: formOf(additionalProperties) };
  const forms = Object.entries(properties).map(([name, field]) => [name, formOf(field)] as const);
  const isRequired = ([name]: readonly [string, Form]) => required.includes(name);
  return {
    fields: Object.fromEntries(forms.filter(isRequired)),
    optional: Object.fromEntries(forms.filter((field) => !isRequired(field))),
  };
}
