import type { Chart, ChartAnswer } from "../../api.ts";
import { format, moment } from "../text/format.ts";

const ROWS = 12;

/** Indices of times that are evenly spread, the last one first. */
function spread(length: number): number[] {
  const step = Math.max(1, Math.ceil(length / ROWS));
  return Array.from({ length: Math.ceil(length / step) }, (_, row) => length - 1 - row * step);
}

const known = (values: readonly (number | null)[]) => values.filter((value) => value !== null);

/** What a chart draws, in numbers: the range of each series, and its values over time. */
export function ChartTable({ chart, answer }: { chart: Chart; answer: ChartAnswer }) {
  const { series, times } = answer;
  const say = (value: number | null | undefined) =>
    format(chart.unit, Number.isFinite(value) ? value : null);
  const rows: [string, (values: readonly (number | null)[]) => number | null | undefined][] = [
    ["Most", (values) => Math.max(...known(values))],
    ["Least", (values) => Math.min(...known(values))],
    ...spread(times.length).map(
      (index): [string, (values: readonly (number | null)[]) => number | null | undefined] => [
        moment((times[index] ?? 0) * 1000),
        (values) => values[index],
      ],
    ),
  ];
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={`${chart.title}, table`}>
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ name }) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([title, value]) => (
            <tr key={title}>
              <th scope="row">{title}</th>
              {series.map(({ name, values }) => (
                <td key={name} className="number">
                  {say(value(values))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
