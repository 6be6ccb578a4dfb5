import { agent } from "#config/charts/agent";
import { dashboard } from "#config/charts/dashboard";
import { foundation } from "#config/charts/foundation";
import { observability } from "#config/charts/observability";
import { postgres } from "#config/charts/postgres";
import { registry } from "#config/charts/registry";
import { releaseCheck } from "#config/charts/release-check";
import { umbrella } from "#config/charts/umbrella";

/** What each chart takes; `npm run generate` writes its values, their schema and its README. */
export const charts = {
  "mcp-mesh": umbrella,
  foundation,
  postgres,
  registry,
  agent,
  dashboard,
  observability,
  "release-check": releaseCheck,
};
export type ChartName = keyof typeof charts;
