// Runs in a pod (or anywhere): calls one tool as LOAD says, and says what became of the calls, one JSON
// line a second and one at the end. SIGUSR2 ends it early.
import { serveTools } from "./own-server.ts";
import { Record } from "./record.ts";
import { type Load, wayOf } from "./ways.ts";

const FIRST_ANSWER_MS = 120_000;
const MOST_AT_ONCE = 8;

const load = JSON.parse(process.env.LOAD ?? "{}") as Load;
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

if (load.via === "mesh") await serveTools(Number(process.env.MCP_MESH_HTTP_PORT), load);
const { call, leave } = wayOf(load);
await firstAnswer();

const record = new Record();
const ended = new AbortController();
const end = () => ended.abort();
process.on("SIGUSR2", end);
setTimeout(end, load.seconds * 1000).unref();
say({ started: new Date().toISOString() });
const ticking = setInterval(() => say(record.second()), 1000);
await ("perSecond" in load ? steadily(load.perSecond) : workers(load.workers));
clearInterval(ticking);
await leave();
say({ done: true, via: load.via, ...record.all() });
process.exit(0);

/** One call, whatever becomes of it. */
async function one(): Promise<void> {
  const started = performance.now();
  try {
    await call();
    record.answered(performance.now() - started);
  } catch (error) {
    say(record.failed(error, performance.now() - started));
  }
}

/**
 * As many calls a second, whether the ones before them were answered or not; but no more than some at
 * once, so that a machine that is short of processor time is not asked for ever more of it.
 */
async function steadily(perSecond: number): Promise<void> {
  const open = new Set<Promise<void>>();
  for (let due = performance.now(); !ended.signal.aborted; ) {
    // What a pause has kept back is not caught up on.
    due = Math.max(due, performance.now() - 1000);
    for (; due < performance.now(); due += 1000 / perSecond) {
      const going = one().finally(() => open.delete(going));
      open.add(going);
      if (open.size >= MOST_AT_ONCE) await Promise.race(open);
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(open);
}

/** So many callers, each with one call at a time. */
async function workers(count: number): Promise<void> {
  const work = async () => {
    while (!ended.signal.aborted) await one();
  };
  await Promise.all(Array.from({ length: count }, work));
}

/** Waits for the wiring, the network policies and the agent; a new pod is ahead of them all. */
async function firstAnswer(): Promise<void> {
  for (const deadline = Date.now() + FIRST_ANSWER_MS; ; ) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
