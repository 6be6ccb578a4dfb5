import type { Storage } from "#components/database";
import type { KubePrometheusStackArgs } from "#components/kube-prometheus-stack";

export const REPOSITORY = "https://prometheus-community.github.io/helm-charts";
export const CHART = "kube-prometheus-stack";
/** Exact: what its values mean changes with its major version, of which there is one a month. */
export const VERSION = "88.5.3";

/** Small helpers beside the three servers. */
const helper = (cpu: string, memory: string) => ({
  requests: { cpu, memory, "ephemeral-storage": "16Mi" },
  limits: { cpu: "200m", memory, "ephemeral-storage": "64Mi" },
});

/** What managed clusters don't show; its targets would be down for ever. */
const unseen = ["kubeControllerManager", "kubeEtcd", "kubeProxy", "kubeScheduler"];
const unseenRules = [
  ...["etcd", "kubeControllerManager", "kubeProxy", "kubeSchedulerAlerting"],
  ...["kubeSchedulerRecording", "network", "node", "nodeExporterAlerting"],
  ...["nodeExporterRecording", "windows"],
];
const all = <Value>(keys: readonly string[], value: Value) =>
  Object.fromEntries(keys.map((key) => [key, value]));

/** Monitors and rules count wherever they are, not only with the release's own label. */
const selectors = ["rule", "serviceMonitor", "podMonitor", "probe", "scrapeConfig"];

/** The volumes outlive the release. */
const KEPT = { whenDeleted: "Retain", whenScaled: "Retain" };

/** The chart's values; what is not here is as the chart has it, such as its security contexts. */
export function valuesOf(args: KubePrometheusStackArgs, adminSecret: string) {
  const { crds, global, links = {}, prometheus, alertmanager, grafana, watched } = args;
  const installs = crds === "release";
  const className = ({ class: own }: Storage) => own || global?.storageClass || undefined;
  const claim = (storage: Storage) => ({
    volumeClaimTemplate: {
      spec: {
        accessModes: ["ReadWriteOnce"],
        ...(className(storage) ? { storageClassName: className(storage) } : {}),
        resources: { requests: { storage: storage.size } },
      },
    },
  });
  return {
    commonLabels: global?.labels ?? {},
    global: {
      imageRegistry: global?.imageRegistry ?? "",
      imagePullSecrets: (global?.imagePullSecrets ?? []).map((name) => ({ name })),
    },
    crds: {
      enabled: installs,
      // Helm installs definitions and never upgrades them: a job applies them before each upgrade.
      upgradeJob: {
        enabled: installs,
        image: { busybox: { tag: "1.38.0" } },
        resources: helper("50m", "128Mi"),
      },
    },
    defaultRules: { rules: all(unseenRules, false) },
    ...all(unseen, { enabled: false }),
    // It wants the nodes' own namespaces and files, and no rule of the mesh's asks for it.
    nodeExporter: { enabled: false },
    "kube-state-metrics": { resources: helper("20m", "128Mi") },
    prometheusOperator: {
      resources: helper("50m", "128Mi"),
      prometheusConfigReloader: { resources: helper("10m", "64Mi") },
      admissionWebhooks: { patch: { resources: helper("10m", "64Mi") } },
    },
    prometheus: {
      podDisruptionBudget: { enabled: true },
      prometheusSpec: {
        replicas: prometheus.replicas,
        podAntiAffinity: "hard",
        scrapeInterval: prometheus.scrapeInterval,
        evaluationInterval: prometheus.scrapeInterval,
        externalLabels: prometheus.externalLabels,
        ...(links.prometheus ? { externalUrl: links.prometheus } : {}),
        retention: prometheus.retention.time,
        retentionSize: prometheus.retention.size,
        storageSpec: claim(prometheus.storage),
        persistentVolumeClaimRetentionPolicy: KEPT,
        resources: prometheus.resources,
        logFormat: "json",
        ...all(
          selectors.map((kind) => `${kind}SelectorNilUsesHelmValues`),
          false,
        ),
      },
    },
    alertmanager: {
      podDisruptionBudget: { enabled: true },
      alertmanagerSpec: {
        replicas: alertmanager.replicas,
        podAntiAffinity: "hard",
        ...(links.alertmanager ? { externalUrl: links.alertmanager } : {}),
        useExistingSecret: true,
        configSecret: alertmanager.configSecret,
        secrets: alertmanager.secrets,
        retention: alertmanager.retention,
        storage: claim(alertmanager.storage),
        persistentVolumeClaimRetentionPolicy: KEPT,
        resources: alertmanager.resources,
        logFormat: "json",
      },
    },
    grafana: {
      admin: { existingSecret: adminSecret, userKey: "username", passwordKey: "password" },
      persistence: {
        enabled: true,
        size: grafana.storage.size,
        ...(className(grafana.storage) ? { storageClassName: className(grafana.storage) } : {}),
      },
      // Its database is a file, which no second pod may open.
      deploymentStrategy: { type: "Recreate" },
      // It runs as root; the volume's group does the same.
      initChownData: { enabled: false },
      testFramework: { enabled: false },
      resources: grafana.resources,
      sidecar: {
        resources: helper("10m", "128Mi"),
        dashboards: {
          searchNamespace: [args.namespace, watched],
          folderAnnotation: "grafana_folder",
          provider: { foldersFromFilesStructure: true },
        },
      },
      "grafana.ini": {
        analytics: { reporting_enabled: false, check_for_updates: false },
        ...(links.grafana ? { server: { root_url: links.grafana } } : {}),
      },
    },
  };
}
