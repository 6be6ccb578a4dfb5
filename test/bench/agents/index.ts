import { loadavg } from "node:os";
import { benchMeshCall } from "#test/bench/agents/call";
import { benchMemory } from "#test/bench/agents/memory";
import { benchServerSide } from "#test/bench/agents/server";
import { benchService } from "#test/bench/agents/service";
import { benchSessions } from "#test/bench/agents/sessions";
import { benchUpdates } from "#test/bench/agents/updates";
import { say } from "#test/bench/measure";

interface Part {
  what: string;
  run: (rounds: number) => Promise<void>;
}

const parts: Record<string, Part> = {
  call: {
    what: "a call through the runtime against the SDK's client; 100 × ROUNDS of 10 calls",
    run: (rounds) => benchMeshCall(100 * rounds),
  },
  server: {
    what: "what the runtime costs an agent that is called; 3 × ROUNDS times new processes",
    run: (rounds) => benchServerSide(3 * rounds),
  },
  service: {
    what: "calls a second through the Service and by the mesh, at 1, 2 and 4 replicas (cluster)",
    run: benchService,
  },
  updates: {
    what: "failed calls through updates, kills, drains, and without a registry (cluster)",
    run: (rounds) => benchUpdates(Math.min(rounds, 2)),
  },
  sessions: {
    what: "sessions through a switch of pods (cluster)",
    run: (rounds) => benchSessions(Math.min(rounds, 3)),
  },
  memory: {
    what: "memory after 20,000 and 100,000 calls (some minutes; rounds count for nothing)",
    run: benchMemory,
  },
};

/** The parts by name, for the help. */
export const agentParts = Object.fromEntries(
  Object.entries(parts).map(([name, { what }]) => [name, what]),
);

/** Runs the named parts, or all, and says how loaded the machine was meanwhile. */
export async function benchAgents(rounds: number, chosen: string[]): Promise<void> {
  for (const [name, part] of Object.entries(parts)) {
    if (chosen.length > 0 && !chosen.includes(name)) continue;
    await part.run(rounds);
    say(`  load of the machine: ${loadavg()[0]?.toFixed(1)}`);
  }
}
