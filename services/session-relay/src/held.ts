import { Writable } from "node:stream";

/** No refusal of a server is longer; what is, passes as it comes. */
const MOST = 64 << 10;

/** Keeps a short body back until it is known what becomes of it. */
export class Held extends Writable {
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #open: Writable | undefined;
  readonly #tooLong: () => Writable;

  /** `tooLong` gives what the rest goes to, once there is more than can be kept. */
  constructor(tooLong: () => Writable) {
    super();
    this.#tooLong = tooLong;
  }

  /** The body, or undefined if it has gone its way already. */
  body(): Buffer | undefined {
    return this.#open ? undefined : Buffer.concat(this.#chunks);
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#open) return void this.#open.write(chunk, done);
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size <= MOST) return done();
    this.#open = this.#tooLong();
    this.#open.write(Buffer.concat(this.#chunks.splice(0)), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    if (this.#open) this.#open.end(done);
    else done();
  }
}
