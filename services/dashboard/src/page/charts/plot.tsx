import { useEffect, useRef } from "react";
import uPlot from "uplot";
import type { Chart, ChartAnswer, ChartRange } from "../../api.ts";
import { format } from "../text/format.ts";
import { colour, dashOf, seriesColour, useScheme } from "./colours.ts";

const HEIGHT = 190;
/** All charts show the same moment under the pointer. */
const SYNC = "charts";

interface PlotProps {
  chart: Chart;
  answer: ChartAnswer;
  range: ChartRange;
  /** The index of the time under the pointer; undefined when it is elsewhere. */
  onCursor(at: number | undefined): void;
}

const dataOf = ({ times, series }: ChartAnswer): uPlot.AlignedData =>
  [times, ...series.map(({ values }) => values)] as uPlot.AlignedData;

function optionsOf({ chart, answer, onCursor }: PlotProps, width: number): uPlot.Options {
  const axis = {
    stroke: colour("dim"),
    grid: { stroke: colour("grid"), width: 1 },
    ticks: { show: false },
    font: "12px system-ui, sans-serif",
  };
  return {
    ...{ width, height: HEIGHT, padding: [10, 8, 0, 0] },
    legend: { show: false },
    cursor: { sync: { key: SYNC }, drag: { setScale: false }, points: { size: 7 } },
    hooks: { setCursor: [({ cursor }) => onCursor(cursor.idx ?? undefined)] },
    scales: {
      // Nothing is nothing: the axis begins at zero, and has a height even if all is zero.
      y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] },
    },
    axes: [
      {
        ...axis,
        size: 30,
        space: 70,
        values: (_, times) => times.map((time) => time && label(time, times)),
      },
      {
        ...axis,
        size: 68,
        values: (_, values) => values.map((value) => format(chart.unit, value)),
      },
    ],
    series: [
      {},
      ...answer.series.map(({ name }, index) => ({
        label: name,
        stroke: seriesColour(index),
        dash: dashOf(index),
        width: 2,
        points: { show: false },
      })),
    ],
  };
}

/** Of a day the time, of a week the day as well. */
function label(time: number, times: number[]): string {
  const date = new Date(time * 1000);
  const day = (times.at(-1) ?? 0) - (times[0] ?? 0) > 86_400;
  return date.toLocaleString(undefined, {
    ...(day ? { weekday: "short" } : {}),
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  });
}

/** The lines. What they say is in the legend and the table as well. */
export function Plot(props: PlotProps) {
  const { chart, answer } = props;
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const scheme = useScheme();
  const names = JSON.stringify(answer.series.map(({ name }) => name));
  const current = useRef(props);
  current.current = props;

  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const options = optionsOf(current.current, element.clientWidth);
    const made = new uPlot(options, dataOf(current.current.answer), element);
    plot.current = made;
    const sized = new ResizeObserver(() =>
      made.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    sized.observe(element);
    return () => {
      sized.disconnect();
      made.destroy();
    };
  }, [chart.id, names, scheme]);

  useEffect(() => plot.current?.setData(dataOf(answer)), [answer]);

  return (
    <div ref={frame} className="plot" role="img" aria-label={`${chart.title}, drawn over time`} />
  );
}
