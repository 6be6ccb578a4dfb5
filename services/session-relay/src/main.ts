// A relay before a server that keeps sessions: see docs of the chart `agent`, profile sessionful.
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { reason } from "mcp-mesh/log";
import { collectProcessMetrics } from "./metrics.ts";
import { serve } from "./serve.ts";
import { readSettings } from "./settings.ts";

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  collectProcessMetrics();
  const serving = await serve(settings, async () => {
    const found = await lookup(settings.siblings, { all: true });
    return found.map(({ address }) => address);
  });
  // The server's container has ended by now: there is nothing left to wait for.
  await Promise.race(["SIGTERM", "SIGINT"].map((signal) => once(process, signal)));
  serving.stop();
  process.exit(0);
}

main().catch((error: unknown) => {
  process.stderr.write(`${reason(error)}\n`);
  process.exit(1);
});
