import { hashOf } from "../data/route.ts";
import { ChartCard } from "./chart-card.tsx";
import { useCharts } from "./use-charts.ts";

const SHOWN = 2;
const RANGE = 900;

/** The first charts of the agents, for the overview. */
export function Few() {
  const charts = useCharts()?.filter(({ group }) => group === "agents") ?? [];
  if (charts.length === 0) return null;
  return (
    <section className="charts" aria-label="The last 15 minutes">
      <header>
        <h2>The last 15 minutes</h2>
        <a href={hashOf({ view: "charts" })}>All charts</a>
      </header>
      <div className="grid">
        {charts.slice(0, SHOWN).map((chart) => (
          <ChartCard key={chart.id} chart={chart} range={RANGE} />
        ))}
      </div>
    </section>
  );
}
