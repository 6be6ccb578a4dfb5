import { agentCases } from "#test/observability/cases/agents";
import type { AlertCase } from "#test/observability/cases/case";
import { dashboardCases } from "#test/observability/cases/dashboard";
import { monitoringCases } from "#test/observability/cases/monitoring";
import { podCases } from "#test/observability/cases/pods";
import { postgresCases } from "#test/observability/cases/postgres";
import { registryCases } from "#test/observability/cases/registry";
import { replicaCases } from "#test/observability/cases/replicas";
import { roomCases } from "#test/observability/cases/room";
import { serviceLevelCases } from "#test/observability/cases/service-levels";
import { workloadCases } from "#test/observability/cases/workloads";

/** For every alert, series under which it fires, and series that come close without it. */
export const alertCases: readonly AlertCase[] = [
  ...serviceLevelCases,
  ...registryCases,
  ...agentCases,
  ...postgresCases,
  ...replicaCases,
  ...workloadCases,
  ...podCases,
  ...roomCases,
  ...dashboardCases,
  ...monitoringCases,
];
