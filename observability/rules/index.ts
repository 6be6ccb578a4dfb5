import { agents } from "#observability/rules/agents";
import { capacity } from "#observability/rules/capacity";
import { dashboard } from "#observability/rules/dashboard";
import {
  type Alert,
  type Area,
  isAlert,
  type Recording,
  type Rule,
} from "#observability/rules/model";
import { monitoring } from "#observability/rules/monitoring";
import { postgres } from "#observability/rules/postgres";
import { registry } from "#observability/rules/registry";
import { serviceLevels } from "#observability/rules/service-levels";

/** All rules; each area is a file of the chart. */
export const areas: readonly Area[] = [
  serviceLevels,
  registry,
  agents,
  postgres,
  capacity,
  dashboard,
  monitoring,
];

const rules: Rule[] = areas.flatMap(({ groups }) => groups.flatMap((group) => group.rules));

export const alerts: Alert[] = rules.filter(isAlert);
export const recordings: Recording[] = rules.filter((rule): rule is Recording => !isAlert(rule));
