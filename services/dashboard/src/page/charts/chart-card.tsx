import { useId, useRef, useState } from "react";
import type { Chart, ChartAnswer, ChartRange } from "../../api.ts";
import { useFeed } from "../data/feed.ts";
import { ChartLegend } from "./chart-legend.tsx";
import { ChartTable } from "./chart-table.tsx";
import { Plot } from "./plot.tsx";
import { useSeen } from "./use-seen.ts";

/** As long as a step lasts, but never so short that nobody sees the difference. */
const paceOf = (range: ChartRange) => Math.max(5_000, (range / 200) * 1_000);
/** More lines than this can't be told apart; the table has all of them. */
const LINES = 8;

interface ChartProps {
  chart: Chart;
  range: ChartRange;
}

/** A chart with its title, its legend, and the same as a table. */
export function ChartCard(props: ChartProps) {
  const { chart } = props;
  const id = useId();
  const frame = useRef<HTMLElement>(null);
  const seen = useSeen(frame);
  const [table, setTable] = useState(false);
  return (
    <section ref={frame} className="card chart" aria-labelledby={id}>
      <header>
        <h3 id={id}>{chart.title}</h3>
        <button
          type="button"
          className="button"
          aria-pressed={table}
          aria-label={`${chart.title} as a table`}
          onClick={() => setTable(!table)}
        >
          Table
        </button>
      </header>
      <p className="dim">{chart.description}</p>
      {seen ? <Live {...props} table={table} /> : <div className="plot" />}
    </section>
  );
}

/** What is asked for only while the chart is on the screen. */
function Live({ chart, range, table }: ChartProps & { table: boolean }) {
  const { answer, trouble } = useFeed<ChartAnswer>(
    `api/charts/${chart.id}?range=${range}`,
    paceOf(range),
  );
  const [at, setAt] = useState<number>();
  if (!answer) return <p className="plot empty">{trouble ?? "…"}</p>;
  if (answer.series.length === 0) return <p className="plot empty">No data in this time.</p>;
  if (table) return <ChartTable chart={chart} answer={answer} />;
  const drawn = { ...answer, series: answer.series.slice(0, LINES) };
  return (
    <>
      <Plot chart={chart} answer={drawn} range={range} onCursor={setAt} />
      <ChartLegend
        chart={chart}
        answer={drawn}
        at={at}
        more={answer.series.length - drawn.series.length}
      />
      {trouble !== undefined && <p className="bad">{trouble}</p>}
    </>
  );
}
