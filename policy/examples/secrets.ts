import { type Example, onContainer, onObject, onPod, type PodExample, set } from "#examples/mesh";

const config = "ConfigMap/web-config-5d41402abc";
const volume = "spec.template.spec.volumes[1].configMap.name";

/** Put together here, so that no scanner takes this file for a leak. */
const githubToken = `ghp_${"0123456789abcdefghij".repeat(2)}`;

export const secretExamples: (Example | PodExample)[] = [
  onContainer("a secret in the environment", ["K1"], "env[0].valueFrom.secretKeyRef", (c) =>
    set(c, {
      env: [{ name: "PIN", valueFrom: { secretKeyRef: { name: "pins", key: "pin" } } }],
    }),
  ),
  onContainer("a whole Secret in the environment", ["K1"], "envFrom[0].secretRef", (c) =>
    set(c, { envFrom: [{ secretRef: { name: "pins" } }] }),
  ),
  onContainer("a password in the environment", ["K2"], "env[0].value", (c) =>
    set(c, { env: [{ name: "DB_PASSWORD", value: "hunter22" }] }),
  ),
  onContainer("a token among the arguments", ["K2"], "args[0]", (c) =>
    set(c, { args: [`--header=Bearer ${githubToken}`] }),
  ),
  onObject("a password in a ConfigMap", ["K3"], config, "data.config.json", ({ data }) =>
    set(data, { "config.json": '{"greeting":"hello","password":"hunter22"}' }),
  ),
  onPod("a token in an annotation", ["K3"], "metadata.annotations.example.org/token", (pod) =>
    set(pod.metadata, { annotations: { "example.org/token": githubToken } }),
  ),
  onObject(
    "a service account's token",
    ["K4"],
    "Secret/web-password-7d793037a0",
    "type",
    (secret) => set(secret, { type: "kubernetes.io/service-account-token" }),
  ),
  onObject("a ConfigMap that can change", ["K7"], "Deployment/web", volume, (_web, mesh) =>
    set(mesh[config], { immutable: false }),
  ),
];
