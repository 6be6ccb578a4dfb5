import type { ChartAnswer, ChartRange } from "./api.ts";
import type { ChartLine, ChartQueries } from "./charts/chart.ts";
import type { Line, Prometheus } from "./prometheus.ts";
import { charts, filled } from "./queries.ts";

/** As many points as a chart of usual width has dots to show. */
const POINTS = 180;
const MOST_SERIES = 12;
const MOST_NAME = 80;

export interface Series {
  /** The chart over the seconds until now; rejects with what keeps Prometheus from answering. */
  chart(id: string, range: ChartRange): Promise<ChartAnswer>;
}

function seriesOf(line: ChartLine, found: readonly Line[], times: readonly number[]) {
  return found
    .map(({ labels, values }) => ({
      name: ("by" in line ? (labels[line.by] ?? "") : line.name).slice(0, MOST_NAME),
      values: times.map((time) => {
        const value = values.get(time);
        return value === undefined || !Number.isFinite(value) ? null : Number(value.toPrecision(5));
      }),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}

async function read(
  prometheus: Prometheus,
  namespace: string,
  { lines }: ChartQueries,
  range: ChartRange,
  end: number,
): Promise<ChartAnswer> {
  const step = range / POINTS;
  const start = end - range + step;
  // Two steps at least, so that no sample falls between two points.
  const filling = { namespace, window: Math.max(120, 2 * step), rank: Math.min(range, 3_600) };
  const times = Array.from({ length: POINTS }, (_, index) => start + index * step);
  const series = await Promise.all(
    lines.map(async (line) => {
      const found = await prometheus.range(filled(line.expr, filling), { start, end, step });
      return seriesOf(line, found, times);
    }),
  );
  const at = new Date(end * 1000).toISOString();
  return { at, step, times, series: series.flat().slice(0, MOST_SERIES) };
}

/**
 * Charts on demand. Times are multiples of the step, so that everybody who asks within one gets the same
 * answer: each chart and range is asked for once in a step, however many look at it. There is one
 * answer for each, so the cache has an end.
 */
export function createSeries(
  prometheus: Prometheus,
  namespace: string,
  failed: () => void,
  now: () => number = Date.now,
): Series {
  const cache = new Map<string, { end: number; answer: Promise<ChartAnswer> }>();
  return {
    chart(id, range) {
      const chart = charts.find((one) => one.id === id);
      if (!chart) return Promise.reject(new Error(`there is no chart ${id}`));
      const step = range / POINTS;
      const end = Math.floor(now() / 1000 / step) * step;
      const key = `${id}/${range}`;
      const cached = cache.get(key);
      if (cached?.end === end) return cached.answer;
      const entry = { end, answer: read(prometheus, namespace, chart, range, end) };
      cache.set(key, entry);
      entry.answer.catch(() => {
        failed();
        // Whoever asks next asks Prometheus again.
        if (cache.get(key) === entry) cache.delete(key);
      });
      return entry.answer;
    },
  };
}
