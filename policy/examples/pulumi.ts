import { type Example, onObject, type PodExample, set } from "#examples/mesh";

export const pulumiExamples: (Example | PodExample)[] = [
  onObject(
    "a Helm release that nobody sees into",
    ["U2"],
    "HelmRelease/cache",
    "spec.chart.spec.chart",
    (_, mesh) =>
      set(mesh, {
        release: {
          apiVersion: "helm.toolkit.fluxcd.io/v2",
          kind: "HelmRelease",
          metadata: { name: "cache", namespace: "mesh" },
          spec: { chart: { spec: { chart: "redis" } } },
        },
      }),
  ),
  {
    what: "an exemption whose day has passed",
    rules: ["U7"],
    object: "PolicyConfiguration/minimum-replicas",
    path: "exemptions",
    settings: {
      "minimum-replicas": {
        exemptions: [
          {
            resource: "Deployment mesh/web",
            reason: "Kept its sessions in one pod until the store for them was there.",
            owner: "shop",
            expires: "2025-06-30",
          },
        ],
      },
    },
    break: () => {},
  },
];
