import type { Chart, ChartsAnswer } from "../../api.ts";
import { useFeed } from "../data/feed.ts";

/** Which charts there are changes with a new version of the dashboard only. */
const PACE_MS = 300_000;

export const useCharts = (): Chart[] | undefined =>
  useFeed<ChartsAnswer>("api/charts", PACE_MS).answer?.charts;
