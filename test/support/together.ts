import type fc from "fast-check";
import { type ChartName, charts } from "#config/charts/index";
import { validValues } from "#test/support/arbitrary";

interface Together {
  global?: { monitoring?: string; serviceMesh?: string };
  mode?: string;
  profile?: string;
  replicas?: number;
  portVariable?: string;
  hostsVariable?: string;
  env?: Record<string, string>;
  autoscaling?: { signal?: string; prometheusUrl?: string };
  customMetrics?: { certificate?: { caBundle?: string; injectCaFrom?: string } };
}

/**
 * Random values that no template refuses for what two of them say together: schemas can't, where one
 * is global. `config-scaling` and the charts' own tests read those sentences.
 */
export function validTogether(name: ChartName): fc.Arbitrary<Together> {
  const all = (validValues(charts[name]) as fc.Arbitrary<Together>).map(onePodWithSessions);
  // The umbrella gives all agents one global: here it is what the first one has.
  const agents = all.map((own) => ({
    ...own,
    global: { ...own.global, monitoring: "annotations" },
  }));
  return name === "agent"
    ? agents.filter((own) => goTogether({ mode: "vanilla", ...own }))
    : all.filter(goTogether);
}

/** A sessionful agent is one pod. */
function onePodWithSessions(own: Together): Together {
  return own.profile === "sessionful" ? { ...own, replicas: 1 } : own;
}

function goTogether(own: Together): boolean {
  const { global, mode, profile, autoscaling, customMetrics, env = {} } = own;
  const { portVariable = "PORT", hostsVariable } = own;
  const { monitoring, serviceMesh = "none" } = global ?? {};
  const { signal = "resources", prometheusUrl } = autoscaling ?? {};
  const measured = (monitoring ?? "none") !== "none" && mode !== "vanilla";
  const certificate = customMetrics?.certificate;
  const known = !certificate?.caBundle !== !certificate?.injectCaFrom;
  const reached = !["linkerd", "ambient"].includes(serviceMesh);
  const asksOwn = (monitoring ?? "annotations") === "annotations";
  return (
    (profile !== "sessionful" || autoscaling === undefined) &&
    !(portVariable in env) &&
    (hostsVariable === undefined || (!(hostsVariable in env) && hostsVariable !== portVariable)) &&
    (signal === "resources" || measured) &&
    (signal !== "keda" || prometheusUrl !== undefined) &&
    (!certificate || (known && reached && asksOwn))
  );
}
