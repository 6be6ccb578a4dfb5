import { reason } from "./log.ts";
import { log } from "./runtime-log.ts";

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
type Signal = (typeof SIGNALS)[number];

/** How long the agent's own handlers may take. A pod has five seconds for all after the drain. */
const OWN_HANDLERS_MS = 2_500;

/**
 * Runs `drain` at the first SIGTERM or SIGINT, and the agent's own handlers after it, so that an
 * agent that closes its server at once does not cut the calls that the mesh still sends. Then the
 * process exits; a second signal ends it at once.
 */
export function onShutdown(drain: () => Promise<void>): void {
  const own = new Map<Signal, NodeJS.SignalsListener[]>(SIGNALS.map((signal) => [signal, []]));
  let shutting = false;
  const shutDown = async (signal: NodeJS.Signals, number: number) => {
    // What a shell says of a process that a signal ended.
    if (shutting) process.exit(128 + number);
    shutting = true;
    try {
      await drain();
    } catch (error) {
      log.error("the drain broke off", { error: reason(error) });
    }
    const handlers = own.get(signal as Signal) ?? [];
    if (handlers.length === 0) process.exit();
    // The agent may still have something to save; it leaves by itself, or is left behind.
    setTimeout(() => process.exit(), OWN_HANDLERS_MS).unref();
    for (const handler of handlers) handler(signal);
  };
  for (const signal of SIGNALS) {
    // Those of an agent that was there before the runtime.
    for (const listener of process.listeners(signal)) adopt(own, signal, listener);
    process.on(signal, shutDown);
  }
  process.on("newListener", (event, listener) => {
    const signal = SIGNALS.find((one) => one === event);
    // The event comes before the handler is added.
    if (signal) queueMicrotask(() => adopt(own, signal, listener));
  });
}

function adopt(
  own: Map<Signal, NodeJS.SignalsListener[]>,
  signal: Signal,
  listener: NodeJS.SignalsListener,
): void {
  process.removeListener(signal, listener);
  const known = own.get(signal);
  if (known && !known.includes(listener)) known.push(listener);
}
