import type { Agent, Mesh, Tool, Wire } from "#services/dashboard/src/mesh";

/* A mesh as somebody might run it, and one as large as they get. Times are relative to now. */

export const before = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

/** Random numbers that are the same each time. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

const tool = (name: string, description: string, ...tags: string[]): Tool => ({
  ...{ name, capability: name, version: "1.0.0", description, tags, available: true },
});

export interface Part {
  name: string;
  version: string;
  replicas: number;
  mode?: Agent["mode"];
  runtime?: string;
  about: string;
  tools: Tool[];
  /** Capability and who offers it; nobody, if it is not an agent. */
  needs: [capability: string, from?: string][];
}

export const parts: Part[] = [
  {
    ...{
      name: "assistant",
      version: "2.4.1",
      replicas: 3,
      about: "Answers questions of customers.",
    },
    tools: [tool("answer", "Answers a question with sources", "public")],
    needs: [
      ["search-orders", "orders"],
      ["search-documents", "documents"],
      ["translate", "translator"],
      ["summarise", "summary"],
    ],
  },
  {
    ...{
      name: "back-office",
      version: "1.9.0",
      replicas: 2,
      about: "Works through the inbox of the staff.",
    },
    tools: [tool("triage", "Sorts a message into a queue", "staff")],
    needs: [
      ["search-orders", "orders"],
      ["send-mail", "mailer"],
      ["create-ticket", "tickets"],
      ["score-sentiment"],
    ],
  },
  {
    ...{ name: "reports", version: "0.8.3", replicas: 1, about: "Writes the weekly figures." },
    tools: [tool("weekly-report", "Writes the report of a week")],
    needs: [
      ["query-warehouse", "warehouse"],
      ["render-chart", "charting"],
      ["send-mail", "mailer"],
    ],
  },
  {
    ...{ name: "orders", version: "3.1.0", replicas: 3, about: "Orders and their history." },
    tools: [
      tool("search-orders", "Finds orders by customer, day or number", "eu"),
      tool("cancel-order", "Cancels an order that has not left yet", "eu", "writes"),
    ],
    needs: [
      ["query-warehouse", "warehouse"],
      ["look-up-customer", "customers"],
    ],
  },
  {
    ...{ name: "documents", version: "1.2.0", replicas: 2, about: "Manuals and terms." },
    tools: [tool("search-documents", "Finds passages by meaning")],
    needs: [["embed", "embeddings"]],
  },
  {
    ...{ name: "tickets", version: "2.0.4", replicas: 2, about: "The ticket system." },
    tools: [
      tool("create-ticket", "Opens a ticket", "writes"),
      tool("find-ticket", "Finds tickets"),
    ],
    needs: [["look-up-customer", "customers"]],
  },
  {
    ...{
      name: "customers",
      version: "4.0.0",
      replicas: 2,
      runtime: "python",
      about: "Who is a customer.",
    },
    tools: [tool("look-up-customer", "Finds a customer by mail or number", "personal")],
    needs: [["query-warehouse", "warehouse"]],
  },
  {
    ...{
      name: "summary",
      version: "1.1.2",
      replicas: 2,
      runtime: "python",
      about: "Long texts made short.",
    },
    tools: [tool("summarise", "Makes a text short")],
    needs: [["embed", "embeddings"]],
  },
  {
    ...{
      name: "translator",
      version: "2026.9.0",
      replicas: 1,
      mode: "vanilla",
      about: "An unmodified server.",
    },
    tools: [tool("translate", "Translates a text", "eu", "us")],
    needs: [],
  },
  {
    ...{
      name: "embeddings",
      version: "1.5.0",
      replicas: 2,
      runtime: "python",
      about: "Vectors of texts.",
    },
    tools: [tool("embed", "Makes a vector of a text")],
    needs: [],
  },
  {
    ...{
      name: "warehouse",
      version: "2.2.0",
      replicas: 2,
      runtime: "java",
      about: "Read access to the warehouse.",
    },
    tools: [tool("query-warehouse", "Asks the warehouse by a saved query")],
    needs: [],
  },
  {
    ...{ name: "mailer", version: "1.0.7", replicas: 1, mode: "vanilla", about: "Sends mail." },
    tools: [tool("send-mail", "Sends a mail", "writes")],
    needs: [],
  },
  {
    ...{ name: "charting", version: "0.4.0", replicas: 1, about: "Charts as pictures." },
    tools: [tool("render-chart", "Draws a chart")],
    needs: [],
  },
  {
    ...{
      name: "server-everything",
      version: "2026.8.31",
      replicas: 1,
      mode: "vanilla",
      about: "The reference server.",
    },
    tools: [tool("echo", "Says it again", "demo"), tool("add", "Adds two numbers", "demo")],
    needs: [],
  },
];

const idOf = (name: string, replica: number) => `${name}-${["7c9f4", "b2d81", "f05ae"][replica]}`;

function agentOf(part: Part, replica: number): Agent {
  const { name, version, mode = "mesh", runtime = "typescript", about, tools } = part;
  const vanilla = mode === "vanilla";
  return {
    ...{ id: vanilla ? name : idOf(name, replica), name, namespace: "mcp-mesh", mode },
    status: name === "summary" && replica === 1 ? "unhealthy" : "healthy",
    ...{ type: "mcp_agent", runtime: vanilla ? "" : runtime, version, description: about, tools },
    endpoint: `http://${name}:8080`,
    registered: before(86_400 * 3 + replica * 600),
    ...(vanilla ? {} : { lastHeartbeat: before(1 + ((name.length * 3 + replica) % 5)) }),
  };
}

function wiresOf({ name, replicas, mode, tools, needs }: Part): Wire[] {
  return Array.from({ length: mode === "vanilla" ? 1 : replicas }).flatMap((_, replica) =>
    needs.map(([capability, from]): Wire => {
      const provider = parts.find((part) => part.name === from);
      const wire = { from: idOf(name, replica), tool: tools[0]?.name ?? "", capability, tags: [] };
      if (!provider) return wire;
      const to =
        provider.mode === "vanilla"
          ? provider.name
          : idOf(provider.name, replica % provider.replicas);
      return { ...wire, to, toTool: capability };
    }),
  );
}

/** Fourteen agents that need each other, one of them degraded, one dependency that nobody offers. */
export const sampleMesh = (): Mesh => ({
  agents: parts.flatMap((part) =>
    Array.from({ length: part.replicas }, (_, replica) => agentOf(part, replica)),
  ),
  wiring: parts.flatMap(wiresOf),
});

/** Many agents in tiers, each of which needs some of the next tiers' tools. */
export function bigMesh(count: number, links: number): Mesh {
  const next = random(7);
  const tiers = 6;
  const tier = (index: number) => Math.floor((index * tiers) / count);
  const agents = Array.from({ length: count }, (_, index): Agent => {
    const name = `agent-${String(index).padStart(3, "0")}`;
    const part: Part = {
      ...{ name, version: `1.${index % 7}.0`, replicas: 1, about: "", needs: [] },
      tools: [tool(`tool-${index}`, "Does something")],
    };
    return { ...agentOf(part, 0), id: name, status: index % 61 === 5 ? "unhealthy" : "healthy" };
  });
  const wires = new Map<string, Wire>();
  while (wires.size < links) {
    const from = Math.floor(next() * count);
    const wanted = tier(from) + (next() < 0.8 ? 1 : 2);
    if (wanted >= tiers) continue;
    // Some are needed by many, as it is.
    const to = Math.floor(((wanted + next() ** 2) * count) / tiers);
    const [consumer, provider] = [agents[from], agents[to]];
    if (!consumer || !provider || consumer === provider) continue;
    const capability = provider.tools[0]?.name ?? "";
    wires.set(`${from} ${to}`, {
      ...{ from: consumer.id, tool: consumer.tools[0]?.name ?? "", capability, tags: [] },
      ...(wires.size % 75 === 0 ? {} : { to: provider.id, toTool: capability }),
    });
  }
  return { agents, wiring: [...wires.values()] };
}
