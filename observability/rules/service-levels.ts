import {
  budget,
  burnAlerts,
  burns,
  counts,
  failureCount,
  LONG_STEP,
  LONG_WINDOWS,
  ratio,
  SHORT_WINDOWS,
  STEP,
} from "#observability/rules/burn-rates";
import type { Area } from "#observability/rules/model";
import { slos } from "#observability/rules/slos";

const guarded = new Set([...burns.fast, ...burns.slow].map(({ long }) => long));
const over = (windows: readonly string[]) => [
  ...windows.map(ratio),
  ...windows.filter((window) => guarded.has(window)).map(failureCount),
];

export const serviceLevels: Area = {
  name: "service-levels",
  title: "Service levels",
  groups: [
    {
      name: "service-levels",
      interval: `${STEP}s`,
      rules: [...slos.flatMap(counts), ...over(SHORT_WINDOWS)],
    },
    {
      name: "service-levels-long",
      interval: `${LONG_STEP}s`,
      rules: [...over(LONG_WINDOWS), budget],
    },
    {
      name: "error-budgets",
      interval: `${STEP}s`,
      rules: slos.flatMap(burnAlerts),
    },
  ],
};
