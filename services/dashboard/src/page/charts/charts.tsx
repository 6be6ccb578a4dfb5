import { useState } from "react";
import type { Chart, ChartRange } from "../../api.ts";
import { chartRanges } from "../../api.ts";
import { useLive } from "../data/live.ts";
import { ChartCard } from "./chart-card.tsx";
import { useCharts } from "./use-charts.ts";

const groups: Record<Chart["group"], string> = {
  agents: "Agents",
  registry: "Registry",
  database: "Database",
  capacity: "Capacity",
};
const ranges: Record<ChartRange, string> = {
  900: "15 min",
  3600: "1 h",
  21600: "6 h",
  86400: "24 h",
  604800: "7 days",
};

/** Everything that is drawn over time. */
export function Charts() {
  const { status } = useLive();
  const charts = useCharts();
  const [range, setRange] = useState<ChartRange>(900);
  if (status.answer?.prometheus.state === "off") {
    return <p className="empty">Nothing is measured: no Prometheus is configured.</p>;
  }
  if (!charts) return <p className="starting">Asking for the charts …</p>;
  return (
    <div className="charts">
      <fieldset className="ranges">
        <legend className="hidden">Range</legend>
        {chartRanges.map((seconds) => (
          <label key={seconds}>
            <input
              type="radio"
              name="range"
              checked={seconds === range}
              onChange={() => setRange(seconds)}
            />
            {ranges[seconds]}
          </label>
        ))}
      </fieldset>
      {Object.entries(groups).map(([group, title]) => {
        const own = charts.filter((chart) => chart.group === group);
        if (own.length === 0) return null;
        return (
          <section key={group} aria-label={title}>
            <h2>{title}</h2>
            <div className="grid">
              {own.map((chart) => (
                <ChartCard key={chart.id} chart={chart} range={range} />
              ))}
            </div>
          </section>
        );
      })}
    </div>
  );
}
