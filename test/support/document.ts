import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { eventually } from "#test/support/eventually";
import { run } from "#test/support/project";

/** A fenced block of a document: its language, what stands behind that, and its text. */
export interface Block {
  language: string;
  /** `file=PATH`: a file to write. `service`: runs until the next one. `deploy`: needs a cluster. */
  words: string[];
  text: string;
}

/** The fenced blocks of a document, in order. */
export function blocksOf(document: string): Block[] {
  const text = readFileSync(join(projectRoot, document), "utf8");
  return [...text.matchAll(/^```(\S+)(.*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = "", words = "", body = ""]) => ({
      language,
      words: words.split(" ").filter(Boolean),
      text: body,
    }),
  );
}

/** A fresh copy of the project, in which a document's blocks are done as a reader does them. */
export class Reader {
  readonly dir = mkdtempSync(join(tmpdir(), "mcp-mesh-reader-"));
  readonly #env: NodeJS.ProcessEnv;
  #service: ChildProcess | undefined;
  #said = "";

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
    cpSync(projectRoot, this.dir, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !/^\/(\.git|node_modules|dist|test)$/.test(path.slice(projectRoot.length)),
    });
    symlinkSync(join(projectRoot, "node_modules"), join(this.dir, "node_modules"));
  }

  /** Does one block. A `text` block is what the last command must have said. */
  async follow({ language, words, text }: Block): Promise<void> {
    const file = words.find((word) => word.startsWith("file="))?.slice("file=".length);
    if (file) {
      mkdirSync(dirname(join(this.dir, file)), { recursive: true });
      writeFileSync(join(this.dir, file), text);
    } else if (language === "text") {
      if (!this.#said.includes(text.trim())) {
        throw new Error(`expected "${text.trim()}", but it said:\n${this.#said}`);
      }
    } else if (words.includes("service")) {
      await this.stop();
      this.#service = spawn("sh", ["-c", `exec ${text}`], {
        cwd: this.dir,
        env: this.#env,
        stdio: ["ignore", "ignore", "inherit"],
        detached: true,
      });
    } else {
      await this.#command(text);
    }
  }

  async #command(text: string): Promise<void> {
    const attempt = () =>
      run("sh", ["-ec", text], { cwd: this.dir, env: this.#env, timeout: 550_000 });
    let outcome = await attempt();
    // A reader waits until the service before it is there.
    if (this.#service && text.startsWith("curl")) {
      outcome = await eventually("an answer", 60, async () => {
        const again = await attempt();
        return again.code === 0 && again;
      });
    }
    this.#said = outcome.text;
    if (outcome.code !== 0) throw new Error(`${text} failed:\n${outcome.text}`);
  }

  /** Ends the service that runs. */
  async stop(): Promise<void> {
    const service = this.#service;
    this.#service = undefined;
    if (!service?.pid || service.exitCode !== null || service.signalCode !== null) return;
    const exit = once(service, "exit");
    process.kill(-service.pid, "SIGTERM");
    await exit;
  }

  async leave(): Promise<void> {
    await this.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
