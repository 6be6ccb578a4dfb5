import { reason } from "@mcp-mesh/registry/src/log.ts";
import { json, oncePer, problem, type Route } from "./answer.ts";
import {
  type ChartRange,
  type ChartsAnswer,
  chartRanges,
  type Links,
  type StatusAnswer,
} from "./api.ts";
import type { Mesh, MeshAnswer } from "./mesh.ts";
import { charts } from "./queries.ts";
import type { Series } from "./series.ts";
import type { Reading } from "./status.ts";
import type { Known } from "./watch.ts";

export interface Data {
  mesh(): Known<Mesh>;
  /** Absent without Prometheus. */
  figures?: { status(): Known<Reading>; series: Series };
  links: Links;
}

const NONE: Known<Reading> = { since: new Date() };

/** What `api/mesh` answers for what is known. */
function meshAnswer({ value, since, failure }: Known<Mesh>) {
  if (!value) {
    const text = `The registry can't be read: ${failure}. It is asked again and again.`;
    return problem(503, text, { "retry-after": 5 });
  }
  const stale = failure === undefined ? undefined : { since: since.toISOString(), reason: failure };
  return json(200, { ...value, stale } satisfies MeshAnswer);
}

/** What `api/status` answers: with failures, and without Prometheus, it is an answer all the same. */
function statusAnswer(
  { value, since, failure }: Known<Reading>,
  has: boolean,
  links: Links,
): StatusAnswer {
  return {
    at: since.toISOString(),
    prometheus: !has
      ? { state: "off" }
      : failure === undefined
        ? { state: "ok" }
        : { state: "failed", reason: `Prometheus can't be read: ${failure}` },
    ...(value ?? { alerts: [], workloads: [], agents: {} }),
    links,
  };
}

const list: ChartsAnswer = { charts: charts.map(({ lines: _lines, ...chart }) => chart) };

const isRange = (seconds: number): seconds is ChartRange =>
  (chartRanges as readonly number[]).includes(seconds);

/** What is known of the mesh. All of it is for those who are logged in. */
export function dataRoutes({ mesh, figures, links }: Data): Route[] {
  const route = (name: string, path: RegExp, answer: Route["answer"]): Route => ({
    name,
    method: "GET",
    path,
    open: false,
    answer,
  });
  return [
    route("/api/mesh", /\/api\/mesh$/, oncePer(mesh, meshAnswer)),
    route(
      "/api/status",
      /\/api\/status$/,
      oncePer(figures?.status ?? (() => NONE), (known) => {
        const answer = statusAnswer(known, figures !== undefined, links);
        // The time of a look that found nothing new is no news.
        const { at: _at, ...identity } = answer;
        return json(200, answer, identity);
      }),
    ),
    route("/api/charts", /\/api\/charts$/, () =>
      json(200, figures ? list : ({ charts: [] } satisfies ChartsAnswer)),
    ),
    route("/api/charts/ID", /\/api\/charts\/([a-z-]+)$/, async ({ found, search }) => {
      if (!charts.some(({ id }) => id === found)) return problem(404, "There is no such chart.");
      if (!figures) return problem(503, "There is no Prometheus to ask.");
      const range = Number(new URLSearchParams(search).get("range") ?? 3_600);
      if (!isRange(range)) return problem(400, `range must be one of ${chartRanges.join(", ")}.`);
      try {
        return json(200, await figures.series.chart(found, range));
      } catch (error) {
        return problem(503, `Prometheus can't be read: ${reason(error)}.`, { "retry-after": 5 });
      }
    }),
  ];
}
