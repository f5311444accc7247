/**
 * JSON as the documented server reads it: a body that is an object, every value turned into text as Java's `toString`
 * prints it, keys in the order sent, and errors in the words of its parser (Jackson) with the offending character.
 * Strict where JSON is; the caller bounds size and depth first (http/json-shape.ts).
 */

export type JavaJson =
  | { readonly ok: true; readonly values: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly message: string };

/** A byte order mark before the body is skipped, as the documented parser does. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

export function parseJavaJson(bytes: Uint8Array): JavaJson {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return failed('Invalid UTF-8 in the request body');
  }
  const reader = new Reader(text);
  try {
    return { ok: true, values: reader.readBody() };
  } catch (error) {
    if (error instanceof Malformed) return failed(error.message);
    throw error;
  }
}

function failed(reason: string): JavaJson {
  return { ok: false, message: `Could not read JSON: ${reason}` };
}

class Malformed extends Error {}

const VALUE = "expected a valid value (number, String, array, object, 'true', 'false' or 'null')";
const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};
const NUMBER = /-?(?:0|[1-9]\d*)(?<fraction>\.\d+)?(?<exponent>[eE][+-]?\d+)?/y;
const TOKEN = /[\p{L}\p{N}_$]+/uy;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readBody(): ReadonlyMap<string, string> {
    this.#skipBlanks();
    if (this.#at === this.#text.length) throw this.#malformed('No content to map due to end-of-input');
    if (this.#peek() !== '{') {
      const sort = this.#peek() === '[' ? 'START_ARRAY' : 'VALUE';
      this.#value();
      throw this.#malformed(`Can not deserialize instance of java.util.LinkedHashMap out of ${sort} token`);
    }
    const values = this.#object();
    this.#skipBlanks();
    if (this.#at < this.#text.length) throw this.#unexpected('was expecting the end of the content');
    return values;
  }

  #value(): string {
    const char = this.#peek();
    if (char === '{') return `{${[...this.#object()].map(([key, value]) => `${key}=${value}`).join(', ')}}`;
    if (char === '[') return `[${this.#array().join(', ')}]`;
    if (char === '"') return this.#string();
    if (char === '-' || isDigit(char)) return this.#number();
    return this.#word();
  }

  #object(): Map<string, string> {
    const values = new Map<string, string>();
    this.#at += 1;
    this.#skipBlanks();
    if (this.#take('}')) return values;
    for (;;) {
      this.#skipBlanks();
      if (this.#peek() !== '"') throw this.#unexpected('was expecting double-quote to start field name', 'OBJECT');
      const key = this.#string();
      this.#skipBlanks();
      if (!this.#take(':')) throw this.#unexpected('was expecting a colon to separate field name and value', 'OBJECT');
      this.#skipBlanks();
      values.set(key, this.#value());
      this.#skipBlanks();
      if (this.#take('}')) return values;
      if (!this.#take(',')) throw this.#unexpected('was expecting comma to separate OBJECT entries', 'OBJECT');
    }
  }

  #array(): string[] {
    const items: string[] = [];
    this.#at += 1;
    this.#skipBlanks();
    if (this.#take(']')) return items;
    for (;;) {
      this.#skipBlanks();
      items.push(this.#value());
      this.#skipBlanks();
      if (this.#take(']')) return items;
      if (!this.#take(',')) throw this.#unexpected('was expecting comma to separate ARRAY entries', 'ARRAY');
    }
  }

  #string(): string {
    let text = '';
    for (this.#at += 1; ; this.#at += 1) {
      const char = this.#peek();
      if (char === undefined)
        throw this.#malformed('Unexpected end-of-input: was expecting closing quote for a string value');
      if (char === '"') {
        this.#at += 1;
        return text;
      }
      if (char < ' ') {
        const code = char.charCodeAt(0);
        throw this.#malformed(
          `Illegal unquoted character ((CTRL-CHAR, code ${code})): has to be escaped using backslash to be included in string value`,
        );
      }
      text += char === '\\' ? this.#escape() : char;
    }
  }

  /** Leaves the last character of the escape to be skipped by the caller. */
  #escape(): string {
    this.#at += 1;
    const char = this.#peek();
    if (char === undefined) throw this.#malformed('Unexpected end-of-input in character escape sequence');
    if (char === 'u') {
      const digits = this.#text.slice(this.#at + 1, this.#at + 5);
      if (!/^[0-9a-fA-F]{4}$/.test(digits))
        throw this.#unexpected('expected a hex-digit for character escape sequence');
      this.#at += 4;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    const meant = Object.hasOwn(ESCAPES, char) ? ESCAPES[char] : undefined;
    if (meant === undefined)
      throw this.#malformed(`Unrecognized character escape '${char}' (code ${char.charCodeAt(0)})`);
    return meant;
  }

  #number(): string {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw this.#unexpected("in numeric value: expected digit (0-9) to follow '-', for valid value");
    this.#at = NUMBER.lastIndex;
    const { fraction, exponent } = match.groups ?? {};
    if (isDigit(this.#peek())) throw this.#malformed('Invalid numeric value: Leading zeroes not allowed');
    if (fraction !== undefined || exponent !== undefined) return javaDouble(Number(match[0]));
    return match[0] === '-0' ? '0' : match[0];
  }

  #word(): string {
    TOKEN.lastIndex = this.#at;
    const word = TOKEN.exec(this.#text)?.[0];
    if (word === undefined) throw this.#unexpected(VALUE);
    this.#at += word.length;
    if (word === 'true' || word === 'false' || word === 'null') return word;
    throw this.#malformed(`Unrecognized token '${word.slice(0, 100)}': was expecting ('true', 'false' or 'null')`);
  }

  #peek(): string | undefined {
    return this.#text[this.#at];
  }

  #take(char: string): boolean {
    if (this.#peek() !== char) return false;
    this.#at += 1;
    return true;
  }

  #skipBlanks(): void {
    while (' \t\r\n'.includes(this.#peek() ?? 'x')) this.#at += 1;
  }

  #unexpected(expected: string, within?: 'OBJECT' | 'ARRAY'): Malformed {
    const code = this.#text.codePointAt(this.#at);
    if (code === undefined) {
      const where = within === undefined ? expected : `expected close marker for ${within}`;
      return this.#malformed(`Unexpected end-of-input: ${where}`);
    }
    this.#at += 1;
    return this.#malformed(`Unexpected character ('${String.fromCodePoint(code)}' (code ${code})): ${expected}`);
  }

  /** Its place is one past the character that was read last, as the documented parser counts. */
  #malformed(message: string): Malformed {
    const lines = this.#text.slice(0, this.#at).split('\n');
    const column = (lines.at(-1)?.length ?? 0) + 1;
    return new Malformed(`${message}\n at [Source: request body; line: ${lines.length}, column: ${column}]`);
  }
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

/** A number as Java's `Double.toString` prints it: `48.8583`, `100.0`, `1.0E10`. */
export function javaDouble(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const size = Math.abs(value);
  if (size === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}
