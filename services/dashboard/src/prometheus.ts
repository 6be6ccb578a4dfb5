import { z } from "zod";
import { ask, Refusal } from "./ask.ts";

/** Enough for thousands of agents; a page's question never takes Prometheus longer than this. */
const LIMITS = { timeoutMs: 5_000, maxBytes: 8 << 20 };

const labels = z.record(z.string(), z.string());
/** A time, and a number as text: `NaN` and `+Inf` are numbers to Prometheus. */
const point = z.tuple([z.number(), z.string()]);

const vector = z.object({
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: labels, value: point })),
  }),
});
const matrix = z.object({
  data: z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ metric: labels, values: z.array(point) })),
  }),
});
const alerts = z.object({
  data: z.object({
    alerts: z.array(
      z.object({
        labels,
        annotations: labels.default({}),
        state: z.string(),
        activeAt: z.coerce.date(),
      }),
    ),
  }),
});

export interface Sample {
  labels: Record<string, string>;
  value: number;
}

export interface Line {
  labels: Record<string, string>;
  /** By unix seconds. */
  values: Map<number, number>;
}

export interface Span {
  start: number;
  end: number;
  step: number;
}

export type ActiveAlert = z.output<typeof alerts>["data"]["alerts"][number];

/** Asks one Prometheus. Whatever it asks rejects with a message that completes "Prometheus can't be read: …". */
export interface Prometheus {
  instant(query: string): Promise<Sample[]>;
  range(query: string, span: Span): Promise<Line[]>;
  alerts(): Promise<ActiveAlert[]>;
}

const refusal = z.object({ error: z.string() });

/** What Prometheus says of a question that it does not take. */
function explain(error: unknown): unknown {
  if (!(error instanceof Refusal)) return error;
  try {
    return new Error(`${error.message}: ${refusal.parse(JSON.parse(error.body)).error}`);
  } catch {
    return error;
  }
}

function parse<T extends z.ZodType>(shape: T, json: unknown): z.output<T> {
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue && z.core.toDotPath(issue.path);
  throw new Error(`its answer can't be read: ${where ? `${where}: ` : ""}${issue?.message}`);
}

export function prometheusAt(url: string, stopped: AbortSignal): Prometheus {
  const get = (path: string, form?: Record<string, string>) =>
    ask(`${url}/api/v1/${path}`, { ...LIMITS, stopped, ...(form ? { form } : {}) }).catch(
      (error: unknown) => {
        throw explain(error);
      },
    );
  // Prometheus ends what nobody waits for any more.
  const timeout = `${LIMITS.timeoutMs}ms`;
  return {
    async instant(query) {
      const { data } = parse(vector, await get("query", { query, timeout }));
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async range(query, { start, end, step }) {
      const span = { start: String(start), end: String(end), step: String(step) };
      const { data } = parse(matrix, await get("query_range", { query, timeout, ...span }));
      return data.result.map(({ metric, values }) => ({
        labels: metric,
        values: new Map(values.map(([time, value]) => [time, Number(value)])),
      }));
    },
    async alerts() {
      return parse(alerts, await get("alerts")).data.alerts;
    },
  };
}
