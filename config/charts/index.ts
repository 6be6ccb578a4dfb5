import { agent } from "#config/charts/agent";
import { dashboard } from "#config/charts/dashboard";
import { foundation } from "#config/charts/foundation";
import { observability } from "#config/charts/observability";
import { postgres } from "#config/charts/postgres";
import { registry } from "#config/charts/registry";
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
};
export type ChartName = keyof typeof charts;
