import * as k8s from "@pulumi/kubernetes";
import {
  AdmissionPolicies,
  Agent,
  Dashboard,
  Database,
  Foundation,
  KubePrometheusStack,
  Logs,
  Observability,
  Registry,
  ReleaseCheck,
} from "#components/index";
import { loadStack } from "#config/load";
import { announce, takeTurn } from "#regions/stacks";

const stack = loadStack();
const { namespace } = stack;

// An empty kubeconfig means the one of whoever runs this; its path would differ between machines.
const cluster = new k8s.Provider("cluster", { kubeconfig: "", context: stack.context });
const providers = { kubernetes: cluster };

const foundation = new Foundation(
  "foundation",
  { namespace, ...stack.foundation, protect: stack.protect },
  { providers, dependsOn: takeTurn(stack.region) },
);
// Its definitions come first: whoever is watched has a monitor.
const operator = stack.kubePrometheusStack
  ? new KubePrometheusStack("kube-prometheus-stack", stack.kubePrometheusStack, {
      providers,
      dependsOn: [foundation],
    })
  : foundation;
if (stack.logs) new Logs("logs", stack.logs, { providers, dependsOn: [foundation] });
const database = new Database(
  "postgres",
  { namespace, ...stack.postgres, ...stack.database },
  { providers, dependsOn: [operator] },
);
const registry = new Registry(
  "registry",
  { namespace, ...stack.registry, database: database.connection },
  { providers, dependsOn: [database] },
);
const servers = stack.agents.map(
  ({ name, values }) =>
    new Agent(
      name,
      { namespace, ...values },
      { providers, dependsOn: [values.mode === "mesh" ? registry : operator] },
    ),
);
if (stack.dashboard) {
  new Dashboard(
    "dashboard",
    { namespace, ...stack.dashboard, sessionKey: stack.sessionKey },
    { providers, dependsOn: [registry] },
  );
}
if (stack.observability) {
  new Observability(
    "observability",
    { namespace, ...stack.observability },
    { providers, dependsOn: [operator] },
  );
}
if (stack.admissionObjects) {
  const objects = stack.admissionObjects;
  new AdmissionPolicies("admission", { objects }, { providers, dependsOn: [foundation] });
}
const check = new ReleaseCheck(
  "release-check",
  { namespace, ...stack.releaseCheck },
  { providers, dependsOn: servers },
);

export const region = announce(stack.region, [registry, check]);
export { namespace };
export const { registryUrl, dashboardUrl, dashboardLogin, prometheusUrl } = stack.outputs;
export const { agents, images, nextSteps } = stack.outputs;
