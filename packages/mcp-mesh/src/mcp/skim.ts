/** Thrown where the text ends too early, or is no JSON. One for all: its stack tells nothing. */
export const CUT_SHORT = new Error("the JSON text ends early");

export type Scalar = string | number | boolean | null;

const BACKSLASH = 92;
/** The last of the characters that JSON takes for white space, which all come first. */
const SPACE = 32;
const MARKS = /["{}[\]]/g;
const SCALAR_END = /[\s,\]}]/g;

/**
 * Reads chosen members of a JSON text and jumps over the others, however large, without building
 * them: the messages that pass an agent hold megabytes of arguments beside the few words that are
 * counted. It checks no more of the text than it needs.
 */
export class Skimmer {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next significant character, which tells what kind of value is next. */
  peek(): string {
    const text = this.#text;
    let at = this.#at;
    while (text.charCodeAt(at) <= SPACE) at++;
    if (at >= text.length) throw CUT_SHORT;
    this.#at = at;
    return text[at] as string;
  }

  /** Goes through an object; `member` has to read or skip the value of each key. */
  object(member: (key: string) => void): void {
    this.#list("{", "}", () => {
      const key = this.string();
      this.#take(":");
      member(key);
    });
  }

  /** Goes through an array; `item` has to read or skip each of its values. */
  array(item: () => void): void {
    this.#list("[", "]", item);
  }

  string(): string {
    this.#take('"');
    const start = this.#at;
    this.#endString();
    const raw = this.#text.slice(start, this.#at - 1);
    return raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw;
  }

  /** A text, number, boolean or null; an object or array is jumped over and gives undefined. */
  scalar(): Scalar | undefined {
    const next = this.peek();
    if (next === '"') return this.string();
    if (next === "{" || next === "[") return void this.skip();
    const start = this.#at;
    SCALAR_END.lastIndex = start;
    if (!SCALAR_END.test(this.#text)) throw CUT_SHORT;
    this.#at = SCALAR_END.lastIndex - 1;
    return JSON.parse(this.#text.slice(start, this.#at));
  }

  /** Jumps over one value. */
  skip(): void {
    const next = this.peek();
    if (next === '"') {
      this.#at++;
      return this.#endString();
    }
    if (next !== "{" && next !== "[") return void this.scalar();
    for (let depth = 0; ; ) {
      MARKS.lastIndex = this.#at;
      if (!MARKS.test(this.#text)) throw CUT_SHORT;
      this.#at = MARKS.lastIndex;
      const mark = this.#text[this.#at - 1];
      if (mark === '"') this.#endString();
      else if (mark === "{" || mark === "[") depth++;
      else if (--depth === 0) return;
    }
  }

  #list(open: string, close: string, entry: () => void): void {
    this.#take(open);
    if (this.peek() !== close) {
      do entry();
      while (this.#takeIf(","));
    }
    this.#take(close);
  }

  #take(mark: string): void {
    if (!this.#takeIf(mark)) throw CUT_SHORT;
  }

  #takeIf(mark: string): boolean {
    if (this.peek() !== mark) return false;
    this.#at++;
    return true;
  }

  /** From inside a string to behind its end. */
  #endString(): void {
    for (;;) {
      const end = this.#text.indexOf('"', this.#at);
      if (end < 0) throw CUT_SHORT;
      let slashes = end;
      while (slashes > this.#at && this.#text.charCodeAt(slashes - 1) === BACKSLASH) slashes--;
      this.#at = end + 1;
      if ((end - slashes) % 2 === 0) return;
    }
  }
}
