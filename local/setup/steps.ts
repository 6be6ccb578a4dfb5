/**
 * Shows long work: each step's name when it starts, its own lines while it runs, and how long it
 * took. Plain lines in a log as on a terminal, because both are read later.
 */
export class Steps {
  private readonly started = Date.now();
  private readonly write: (line: string) => void;

  constructor(write: (line: string) => void = (line) => process.stdout.write(`${line}\n`)) {
    this.write = write;
  }

  /** Seconds since the first step, as shown before each line. */
  elapsed(): string {
    return `${((Date.now() - this.started) / 1000).toFixed(0)} s`.padStart(6);
  }

  say(line: string): void {
    this.write(`${this.elapsed()}  ${line}`);
  }

  /** Runs one step; while it is silent for long, says that it still goes on. */
  async run<T>(name: string, work: (progress: (line: string) => void) => Promise<T>): Promise<T> {
    const begun = Date.now();
    this.say(`${name} …`);
    let last = Date.now();
    const stillThere = setInterval(() => {
      if (Date.now() - last < 89_000) return;
      last = Date.now();
      this.say(`  ${name}: still at it, ${Math.round((Date.now() - begun) / 1000)} s so far`);
    }, 1000);
    try {
      const result = await work((line) => {
        last = Date.now();
        this.say(`  ${line}`);
      });
      this.say(`${name}: done (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
      return result;
    } finally {
      clearInterval(stillThere);
    }
  }
}
