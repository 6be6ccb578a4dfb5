import type { AgentFigures, Alert, ChartAnswer, ChartRange } from "#services/dashboard/src/api";
import type { Agent, Mesh, Tool, Wire } from "#services/dashboard/src/mesh";
import { charts } from "#services/dashboard/src/queries";
import { type Figures, known, type Shown } from "#test/contract/dashboard-fixture";

/*
 * A mesh as somebody might run it: for pictures, and for tests of what the page makes of it. Times are
 * relative to now; all else is the same each time.
 */

const before = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();

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

interface Part {
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

const parts: Part[] = [
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

const alertOf = (alert: Omit<Alert, "state" | "labels">, labels = {}): Alert => ({
  ...alert,
  state: "firing",
  labels: {
    alertname: alert.name,
    severity: alert.severity,
    team: "mesh",
    namespace: "mcp-mesh",
    ...labels,
  },
  dashboard: "https://grafana.example.com/d/mesh-agents",
});

export const sampleAlerts = (): Alert[] => [
  alertOf(
    {
      ...{ name: "AgentErrorBudgetBurn", severity: "warning", since: before(1_260) },
      summary:
        "customers fails 4.2 % of its tool calls, which spends a month's error budget in five days",
      description:
        "The part of failed calls over 6 h and over 30 min is above what the objective of 99 % allows.",
      runbook: "runbooks/AgentErrorBudgetBurn",
    },
    { service: "customers" },
  ),
  alertOf(
    {
      ...{ name: "DependencyUnresolved", severity: "warning", since: before(5_400) },
      summary: "score-sentiment, needed by back-office, is offered by nobody for 90 minutes",
      description: "Calls of tools that need it fail until an agent that offers it registers.",
      runbook: "runbooks/DependencyUnresolved",
    },
    { service: "registry" },
  ),
];

const agentFigures = (): Record<string, AgentFigures> =>
  Object.fromEntries(
    parts.map(({ name }, index): [string, AgentFigures] => [
      name,
      {
        callsPerSecond:
          [18.4, 6.1, 0.02, 24.7, 11.9, 4.3, 29.5, 5.2, 3.8, 17.1, 41.6, 1.4, 0.3, 0.1][index] ?? 0,
        errorRatio: name === "customers" ? 0.042 : name === "summary" ? 0.006 : 0,
        p95Seconds: [
          1.84, 0.92, 6.4, 0.118, 0.231, 0.087, 0.064, 1.37, 0.412, 0.145, 0.038, 0.21, 0.65, 0.004,
        ][index],
        ...(name === "translator" || name === "server-everything" ? { sessions: index + 9 } : {}),
        inFlight: Math.round(index % 4),
      },
    ]),
  );

const workload = (name: string, job: string, targets: number, version?: string) => ({
  ...{ name, job, targets, up: targets },
  ...(version === undefined ? {} : { version }),
});

export const sampleFigures = (): Figures => ({
  alerts: sampleAlerts(),
  backup: {
    enabled: true,
    lastSuccess: before(5 * 3_600 + 720),
    lastVerified: before(86_400 + 3 * 3_600),
    archived: before(41),
  },
  workloads: [
    workload("registry", "registry", 3, "0.1.0"),
    workload("dashboard", "dashboard", 2, "0.1.0"),
    workload("postgres", "postgres", 1, "17.6"),
    workload("prometheus", "prometheus", 1, "3.5.0"),
    workload("alertmanager", "alertmanager", 2, "0.28.1"),
    { ...workload("summary", "agent", 2, "0.1.0"), up: 1 },
    workload("orders", "agent", 3, "0.1.0"),
    workload("customers", "agent", 2, "0.1.0"),
  ],
  agents: agentFigures(),
});

const POINTS = 180;
const names = ["warehouse", "customers", "orders", "assistant", "embeddings", "documents"];
const most: Record<string, number> = {
  ...{ perSecond: 40, ratio: 0.04, seconds: 0.9, bytes: 240 << 20, count: 24, cores: 0.4 },
};

/** Lines with some life in them, for any chart; the same each time but for the times. */
export function sampleChart(id: string, range: ChartRange): Promise<ChartAnswer> {
  const chart = charts.find((one) => one.id === id);
  const step = range / POINTS;
  const end = Math.floor(Date.now() / 1000 / step) * step;
  const times = Array.from({ length: POINTS }, (_, index) => end - (POINTS - 1 - index) * step);
  const titles = (chart?.lines ?? []).flatMap((line) => ("by" in line ? names : [line.name]));
  const series = titles.map((name, index) => {
    const next = random(id.length * 97 + index * 13);
    const quantile = /%/.test(name);
    const size =
      (most[chart?.unit ?? "count"] ?? 1) / (quantile ? 3 - Math.min(index, 2) : index * 0.7 + 1);
    let drift = 0;
    const values = times.map((time) => {
      drift = drift * 0.9 + (next() - 0.5) * 0.14;
      return Math.max(0, size * (0.62 + 0.16 * Math.sin(time / (range / 9) + index) + drift));
    });
    return { name, values };
  });
  return Promise.resolve({ at: new Date(end * 1000).toISOString(), step, times, series });
}

/** All of it, as the server would have it. */
export const sample = (): Shown => ({
  mesh: known(sampleMesh()),
  status: known(sampleFigures()),
  chart: sampleChart,
  links: {
    grafana: "https://grafana.example.com/d/mesh-agents?var-service={service}",
    logs: "https://grafana.example.com/explore?logs={namespace}/{service}",
    traces: "https://grafana.example.com/explore?traces={service}",
  },
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
