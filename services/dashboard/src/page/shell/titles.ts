import type { View } from "../data/route.ts";

export const titles: Record<View, string> = {
  overview: "Overview",
  agents: "Agents",
  graph: "Dependencies",
  charts: "Charts",
  alerts: "Alerts",
};
