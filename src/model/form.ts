/**
 * The form of a value: which fields it has, and whether they are texts, numbers, lists … Not what they may say: lengths, patterns
 * and words are the business of the schemas at the door. Plain data, so that a thread can be told it.
 */

export type Form =
  | 'text'
  | 'number'
  | 'flag'
  | 'json'
  | { readonly words: readonly string[] }
  | { readonly orNull: Form }
  | { readonly listOf: Form }
  | { readonly mapOf: Form }
  /** Fields that are not named may be there, too, unless it is closed. */
  | { readonly fields: Fields; readonly optional?: Fields; readonly closed?: true }
  | { readonly either: readonly Form[] };

type Fields = Readonly<Record<string, Form>>;

/** The form of a type: to be written out once, and the compiler tells when the type moves on. */
export type FormOf<Type> = [string | number | null] extends [Type]
  ? 'json'
  : null extends Type
    ? { readonly orNull: FormOf<Exclude<Type, null>> }
    : [Type] extends [string]
      ? 'text'
      : [Type] extends [number]
        ? 'number'
        : [Type] extends [boolean]
          ? 'flag'
          : Type extends readonly (infer Item)[]
            ? { readonly listOf: FormOf<Item> }
            : string extends keyof Type
              ? { readonly mapOf: FormOf<Type[keyof Type]> }
              : FormOfFields<Type>;

type OptionalKeys<Type> = { [Key in keyof Type]-?: object extends Pick<Type, Key> ? Key : never }[keyof Type];
type FormsOf<Type, Keys extends keyof Type> = { readonly [Key in Keys]-?: FormOf<Exclude<Type[Key], undefined>> };
type FormOfFields<Type> = { readonly fields: FormsOf<Type, Exclude<keyof Type, OptionalKeys<Type>>> } & ([
  OptionalKeys<Type>,
] extends [never]
  ? unknown
  : { readonly optional: FormsOf<Type, OptionalKeys<Type>> });

/** Where a value departs from its form, such as `.legs[0].since`, '' for the value itself; undefined where it does not. */
export type Misfit = (value: unknown) => string | undefined;

/** No number of ours is greater: those that are times can be dates. */
const NUMBER_MAX = 8.64e15;

/**
 * As a function made for the form: it is asked of every record of a log, and going through the form each time would take ten
 * times as long. Nothing of the code comes from outside: field names stand in it as JSON.
 */
export function misfitOf(form: Form): Misfit {
  return new Function('value', `${new Writer().lines('value', form, '""')} return undefined;`) as Misfit;
}

/** Writes the code that returns `path` where the value of the variable has not the form. */
class Writer {
  #variables = 0;

  lines(variable: string, form: Form, path: string): string {
    const unless = (condition: string) => `if (!(${condition})) return ${path};`;
    if (form === 'json') return '';
    if (form === 'text') return unless(`typeof ${variable} === 'string'`);
    if (form === 'flag') return unless(`typeof ${variable} === 'boolean'`);
    if (form === 'number')
      return unless(`typeof ${variable} === 'number' && ${variable} <= ${NUMBER_MAX} && ${variable} >= -${NUMBER_MAX}`);
    if ('words' in form)
      return unless(form.words.map((word) => `${variable} === ${JSON.stringify(word)}`).join(' || '));
    if ('orNull' in form) return `if (${variable} !== null) { ${this.lines(variable, form.orNull, path)} }`;
    if ('either' in form) return unless(form.either.map((one) => this.#fits(variable, one)).join(' || '));
    if ('listOf' in form) {
      const [index, item] = [this.#variable(), this.#variable()];
      const inner = this.lines(item, form.listOf, `${path} + '[' + ${index} + ']'`);
      return `${unless(`Array.isArray(${variable})`)}
        for (let ${index} = 0; ${index} < ${variable}.length; ${index}++) { const ${item} = ${variable}[${index}]; ${inner} }`;
    }
    const isObject = unless(`typeof ${variable} === 'object' && ${variable} !== null && !Array.isArray(${variable})`);
    if ('mapOf' in form) {
      const [key, item] = [this.#variable(), this.#variable()];
      const inner = this.lines(item, form.mapOf, `${path} + '.' + ${key}`);
      return `${isObject} for (const ${key} in ${variable}) { const ${item} = ${variable}[${key}]; ${inner} }`;
    }
    const { fields, optional = {}, closed } = form;
    const field = ([name, inner]: readonly [string, Form], present: string) => {
      const item = this.#variable();
      const lines = this.lines(item, inner, `${path} + ${JSON.stringify(`.${name}`)}`);
      return `const ${item} = ${variable}[${JSON.stringify(name)}]; ${present.replace('$', item)} { ${lines} }`;
    };
    const names = [...Object.keys(fields), ...Object.keys(optional)];
    const known = names.map((name) => `name === ${JSON.stringify(name)}`).join(' || ');
    const noOthers = `for (const name in ${variable}) { ${unless(known)} }`;
    return [
      isObject,
      ...(closed === true ? [noOthers] : []),
      ...Object.entries(fields).map((entry) => field(entry, '')),
      ...Object.entries(optional).map((entry) => field(entry, 'if ($ !== undefined)')),
    ].join(' ');
  }

  #fits(variable: string, form: Form): string {
    return `(() => { ${this.lines(variable, form, '""')} })() === undefined`;
  }

  #variable(): string {
    this.#variables += 1;
    return `v${this.#variables}`;
  }
}
