import { z } from "zod";
import { agent } from "#config/charts/agent";
import { globalPart } from "#config/charts/common";
import { name } from "#config/shapes";

/** A chart inside has its own schema, which Helm checks as well. */
const part = (chart: string) =>
  z.record(z.string(), z.json()).default({}).describe(`What the chart ${chart} takes.`);
const feature = (what: string, on: boolean) => z.boolean().default(on).describe(what);

export const umbrella = z.strictObject({
  global: globalPart,
  features: z
    .strictObject({
      foundation: feature("Quota, limits, closed network, priorities and roles.", true),
      postgres: feature("A database of its own; off where another is named.", true),
      registry: feature("The registry, without which agents don't find each other.", true),
      dashboard: feature("The page that shows the mesh.", true),
      observability: feature("Prometheus, Alertmanager and, where asked for, Grafana.", false),
    })
    .prefault({})
    .describe("Which parts there are."),
  foundation: part("foundation"),
  postgres: part("postgres"),
  registry: part("registry"),
  dashboard: part("dashboard"),
  observability: part("observability"),
  agent: part("agent").describe("What all agents have, unless they say otherwise."),
  agents: z
    .record(name, agent.omit({ global: true, fullnameOverride: true }).meta({ merged: true }))
    .default({})
    .describe("By name: what the chart agent takes for each of them."),
});
