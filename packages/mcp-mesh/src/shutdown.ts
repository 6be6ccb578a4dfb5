const SIGNALS = ["SIGTERM", "SIGINT"] as const;
const OWN_HANDLERS_MS = 5_000;

/**
 * Runs `drain` at the first SIGTERM or SIGINT, and the agent's own handlers after it, so that an
 * agent that closes its server at once does not cut the calls that the mesh still sends. Then the
 * process exits.
 */
export function onShutdown(drain: () => Promise<void>): void {
  const own: NodeJS.SignalsListener[] = [];
  let shutting = false;
  const shutDown = async (signal: NodeJS.Signals) => {
    if (shutting) return;
    shutting = true;
    await drain();
    if (own.length === 0) process.exit(0);
    // The agent may still have something to save; it leaves by itself, or is left behind.
    setTimeout(() => process.exit(0), OWN_HANDLERS_MS).unref();
    for (const handler of own) handler(signal);
  };
  for (const signal of SIGNALS) process.on(signal, shutDown);
  process.on("newListener", (event, listener) => {
    if (!SIGNALS.some((signal) => signal === event)) return;
    // The event comes before the handler is added.
    queueMicrotask(() => {
      process.removeListener(event, listener);
      if (!own.includes(listener)) own.push(listener);
    });
  });
}
