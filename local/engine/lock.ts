import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { writeDurably } from "#local/engine/backend";
import { UserError } from "#local/engine/errors";

interface Lock {
  pid: number;
  username: string;
  hostname: string;
  timestamp: string;
}

/**
 * Takes the CLI's own lock of a stack: list, write mine, list again. A lock that a process of this
 * machine left when it died is cleared, with a line to say so. Returns what releases the lock.
 */
export async function takeLock(
  folder: string,
  note: (line: string) => void,
): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  for (const { path, lock } of await readLocks(folder)) {
    if (lock !== undefined && (await isDead(lock))) {
      await rm(path, { force: true });
      note(
        `Took over the lock of process ${lock.pid}, which is gone (locked at ${lock.timestamp}).`,
      );
    }
  }
  const others = await readLocks(folder);
  if (others.length > 0) throw heldBy(others);
  const mine = join(folder, `${randomUUID()}.json`);
  const lock: Lock = {
    pid: process.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date().toISOString(),
  };
  await writeDurably(mine, JSON.stringify(lock));
  const rivals = (await readLocks(folder)).filter(({ path }) => path !== mine);
  if (rivals.length > 0) {
    await rm(mine, { force: true });
    throw heldBy(rivals);
  }
  return () => rm(mine, { force: true });
}

/** Removes every lock of a stack, whoever holds it. Returns how many there were. */
export async function breakLocks(folder: string): Promise<number> {
  const locks = await readLocks(folder);
  await Promise.all(locks.map(({ path }) => rm(path, { force: true })));
  return locks.length;
}

async function readLocks(folder: string): Promise<{ path: string; lock: Lock | undefined }[]> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const paths = names.filter((name) => name.endsWith(".json")).map((name) => join(folder, name));
  return Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, "utf8").catch(() => "");
      return { path, lock: parse(text) };
    }),
  );
}

function parse(text: string): Lock | undefined {
  try {
    return JSON.parse(text) as Lock;
  } catch {
    return undefined;
  }
}

/** Dead only if it ran on this machine and its pid is free, or the machine was booted since. */
async function isDead(lock: Lock): Promise<boolean> {
  if (lock.hostname !== hostname()) return false;
  const uptime = Number.parseFloat(await readFile("/proc/uptime", "utf8").catch(() => "Infinity"));
  if (Date.parse(lock.timestamp) < Date.now() - uptime * 1000 - 5_000) return true;
  try {
    process.kill(lock.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function heldBy(locks: { path: string; lock: Lock | undefined }[]): UserError {
  const lines = locks.map(({ path, lock }) =>
    lock === undefined
      ? `  file://${path}: unreadable`
      : `  file://${path}: created by ${lock.username}@${lock.hostname} (pid ${lock.pid}) at ${lock.timestamp}`,
  );
  return new UserError(
    `the stack is currently locked by ${locks.length} lock(s). Either wait for the other ` +
      `process(es) to end or delete the lock file with \`pulumi cancel\`.\n${lines.join("\n")}`,
  );
}
