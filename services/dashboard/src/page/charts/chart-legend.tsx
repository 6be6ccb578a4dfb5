import type { Chart, ChartAnswer } from "../../api.ts";
import { clock, format } from "../text/format.ts";
import { dashOf } from "./colours.ts";

interface LegendProps {
  chart: Chart;
  answer: ChartAnswer;
  /** Which time is shown; the last one if undefined. */
  at?: number;
  /** How many lines are only in the table. */
  more: number;
}

/** The last value that a series has. */
export const lastOf = (values: readonly (number | null)[]): number | null =>
  values.findLast((value) => value !== null) ?? null;

/** The lines by name, with what they are at a time. */
export function ChartLegend({ chart, answer, at, more }: LegendProps) {
  const time = at === undefined ? undefined : answer.times[at];
  return (
    <div className="series">
      <ul aria-label={`${chart.title} now`}>
        {answer.series.map(({ name, values }, index) => (
          <li key={name}>
            <svg width="22" height="8" aria-hidden="true" data-series={index + 1}>
              <path d="M0 4h22" strokeDasharray={dashOf(index).join(" ")} />
            </svg>
            {name}{" "}
            <strong>{format(chart.unit, at === undefined ? lastOf(values) : values[at])}</strong>
          </li>
        ))}
      </ul>
      <p className="dim">
        {time !== undefined && `at ${clock(time * 1000)}`}
        {time === undefined && more > 0 && `and ${more} more in the table`}
      </p>
    </div>
  );
}
