import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** Takes one line about what happens now or has just happened. */
export type Progress = (line: string) => void;

export interface RunOptions {
  input?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a command and returns what it printed. Throws with its last words when it fails. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["pipe", "pipe", "pipe"],
    });
    let out = "";
    let err = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      err += text;
    });
    child.stdin.on("error", () => {}); // the command ended before it read everything: its exit code tells
    child.stdin.end(options.input ?? "");
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (code === 0) return resolve(out);
      const words = (err.trim() || out.trim()).split("\n").slice(-5).join("\n");
      reject(
        new Error(
          `${command} ${args.slice(0, 3).join(" ")} … ended with ${code ?? signal}: ${words}`,
        ),
      );
    });
  });
}

/** Calls `check` until it returns something, and returns that. Throws when `seconds` have passed. */
export async function until<T>(
  what: string,
  seconds: number,
  check: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let reason: unknown;
  for (;;) {
    try {
      const value = await check();
      if (value !== undefined && value !== false) return value;
    } catch (error) {
      reason = error;
    }
    if (Date.now() > deadline) {
      const because = reason instanceof Error ? `: ${reason.message}` : "";
      throw new Error(`${what} did not happen within ${seconds} s${because}`);
    }
    await sleep(100);
  }
}

/**
 * Does the work while no other process holds the lock of that name, waiting for it if one does.
 * The lock is an abstract socket, which ends with its process and so is never left behind.
 */
export async function withLock<T>(
  name: string,
  wait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const server = createServer();
  const take = () =>
    new Promise<boolean>((resolve, reject) => {
      server.once("error", (error: NodeJS.ErrnoException) =>
        error.code === "EADDRINUSE" ? resolve(false) : reject(error),
      );
      server.listen(`\0mcp-mesh/${name}`, () => {
        server.removeAllListeners("error");
        resolve(true);
      });
    });
  if (!(await take())) {
    wait();
    await until(`the end of the other command that works on ${name}`, 1800, take);
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}

export interface Process {
  pid: number;
  parent: number;
  command: string[];
}

/** The living processes of this host; ended ones that nobody has collected yet are left out. */
export function processes(): Process[] {
  const found: Process[] = [];
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // A zombie's command line is empty.
      const command = readFileSync(`/proc/${entry}/cmdline`, "utf8").split("\0").slice(0, -1);
      if (command.length === 0) continue;
      const stat = readFileSync(`/proc/${entry}/stat`, "utf8");
      const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      found.push({ pid: Number(entry), parent, command });
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}
