import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Agent, EchoServer, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";

/** What a real agent with the runtime exports, after calls of its tool and of its dependency. */
export async function agentMetrics(): Promise<string> {
  const [registry, echo] = [await new FakeRegistry().start(), await new EchoServer().start()];
  registry.wiring = echo.wiring;
  const env = { MCP_MESH_REGISTRY_URL: registry.url };
  const agent = await Agent.start({ runtime: true, env });
  try {
    await eventually("the agent is wired", 30, async () => (await agent.probe("/ready")) === 200);
    for (const name of ["Ada", "Grace", "Edsger"]) await agent.greet(name);
    return await agent.metrics();
  } finally {
    await agent.stop();
    registry.stop();
    echo.stop();
  }
}

interface Line {
  /** Name and labels. */
  series: string;
  value: number;
  /** Whether it only rises: counters, and all that a histogram counts. */
  rises: boolean;
}

/** The lines of a scrape; a comment is a text, a sample its parts. */
export function parseScrape(text: string): (string | Line)[] {
  const types = new Map<string, string>();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [, name, type] = /^# TYPE (\S+) (\S+)/.exec(line) ?? [];
      if (name && type) types.set(name, type);
      if (line.startsWith("#")) return line;
      const cut = line.lastIndexOf(" ");
      const series = line.slice(0, cut);
      const rises = types.get(series.replace(/\{.*/, "")) !== "gauge";
      return { series, value: Number(line.slice(cut + 1)), rises };
    });
}

/** An even number between 0 and 1 that belongs to a seed: the same run after run. */
const chance = (seed: number) => {
  const wave = Math.sin(seed * 12.9898) * 43758.5453;
  return wave - Math.floor(wave);
};

/**
 * One agent's scrape after so many scrapes. Agents have different load, and their numbers move as a
 * busy agent's do: what never moves would take less room than it does in life.
 */
export function renderScrape(lines: readonly (string | Line)[], agent: number, turn: number) {
  const load = 1 + turn * (0.5 + chance(agent)) + chance(agent * 7 + turn) / 2;
  const drift = 0.9 + chance(agent * 31 + turn) / 5;
  return `${lines
    .map((line) => {
      if (typeof line === "string") return line;
      const { series, value, rises } = line;
      if (Number.isInteger(value) && (value === 0 || (value === 1 && !rises))) {
        return `${series} ${value}`;
      }
      const moved = value * (rises ? load : drift);
      return `${series} ${Number.isInteger(value) ? Math.round(moved) : moved}`;
    })
    .join("\n")}\n`;
}

/** Many agents in one process: each path is one of them. */
export class Fleet {
  readonly #server: Server;
  readonly #turns = new Map<number, number>();
  port = 0;

  constructor(lines: readonly (string | Line)[]) {
    this.#server = createServer((request, response) => {
      const agent = Number(request.url?.slice("/agent-".length));
      const turn = (this.#turns.get(agent) ?? 0) + 1;
      this.#turns.set(agent, turn);
      response.setHeader("content-type", "text/plain; version=0.0.4");
      response.end(renderScrape(lines, agent, turn));
    });
  }

  async start(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    this.port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  /** How often the agent that was scraped least has been scraped. */
  turns(agents: number): number {
    if (this.#turns.size < agents) return 0;
    return Math.min(...this.#turns.values());
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
