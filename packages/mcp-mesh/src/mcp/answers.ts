import { type Scalar, Skimmer } from "./skim.ts";

/** What an answer says of its call. */
export interface Answer {
  id: Scalar | undefined;
  /** The code of a JSON-RPC error, where the answer is one. */
  errorCode?: Scalar;
  failed: boolean;
  /** Whether a tool said that it failed. */
  toolError: boolean;
}

/** How much of an answer that comes in pieces is kept until it is whole. */
const MAX_KEPT = 1 << 20;

/**
 * Finds the answers in a response's body as it passes, be it JSON or a stream of server-sent
 * events. It keeps what is not whole yet, up to a limit; what is longer is judged by its beginning.
 */
export class AnswerReader {
  readonly #onAnswer: (answer: Answer) => void;
  #kind: "json" | "events" | undefined;
  #kept = "";
  #cut = false;
  /** The data of an event, of which each line may bring a part. */
  #data = "";

  constructor(onAnswer: (answer: Answer) => void) {
    this.#onAnswer = onAnswer;
  }

  write(chunk: string): void {
    if (chunk === "") return;
    this.#kind ??= /^\s*[{[]/.test(chunk) ? "json" : "events";
    if (this.#kind === "json") this.#keep(chunk);
    else this.#events(chunk);
  }

  end(): void {
    if (this.#kind === "json") this.#read(this.#kept);
  }

  #events(chunk: string): void {
    let start = 0;
    for (;;) {
      const line = chunk.indexOf("\n", start);
      if (line < 0) break;
      this.#keep(chunk.slice(start, line));
      this.#line(this.#kept);
      this.#kept = "";
      this.#cut = false;
      start = line + 1;
    }
    this.#keep(chunk.slice(start));
  }

  #line(line: string): void {
    if (line.startsWith("data:")) {
      if (this.#data.length < MAX_KEPT) this.#data += line.slice(5);
    } else if (this.#data !== "" && (line === "" || line === "\r")) {
      this.#read(this.#data);
      this.#data = "";
    }
  }

  #keep(text: string): void {
    if (this.#cut) return;
    this.#cut = this.#kept !== "" && this.#kept.length + text.length > MAX_KEPT;
    if (!this.#cut) this.#kept += text;
  }

  #read(text: string): void {
    const skimmer = new Skimmer(text);
    try {
      if (skimmer.peek() === "[") skimmer.array(() => this.#answer(skimmer));
      else this.#answer(skimmer);
    } catch {
      // No JSON-RPC, or only the beginning of it: nothing can be said of what is missing.
    }
  }

  #answer(skimmer: Skimmer): void {
    const answer: Answer = { id: undefined, failed: false, toolError: false };
    let answers = false;
    try {
      skimmer.object((key) => {
        if (key === "id") answer.id = skimmer.scalar();
        else if (key === "error" || key === "result") {
          answers = true;
          answer.failed = key === "error";
          readOutcome(skimmer, key, answer);
        } else skimmer.skip();
      });
    } finally {
      if (answers) this.#onAnswer(answer);
    }
  }
}

function readOutcome(skimmer: Skimmer, kind: "error" | "result", answer: Answer): void {
  if (skimmer.peek() !== "{") return skimmer.skip();
  skimmer.object((key) => {
    if (kind === "error" && key === "code") answer.errorCode = skimmer.scalar();
    else if (kind === "result" && key === "isError") answer.toolError = skimmer.scalar() === true;
    else skimmer.skip();
  });
}
