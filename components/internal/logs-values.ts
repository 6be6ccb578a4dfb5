import type { LogsArgs, OwnLoki } from "#components/logs";

/** Exact versions: what values mean changes with a chart's major one. */
export const ALLOY = {
  chart: "alloy",
  version: "1.11.1",
  repository: "https://grafana.github.io/helm-charts",
};
export const LOKI = {
  chart: "loki",
  version: "18.11.0",
  repository: "https://grafana-community.github.io/helm-charts",
};

const PASSWORD = "/etc/loki";

const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/**
 * Alloy on every node, which reads from the API server what the pods of its own node write: by a
 * Role in their namespace, without anything of the node's. Its chart would take the configuration
 * for a template, so that it stands in a ConfigMap of ours.
 */
export function alloyValues({ global, collector, existing, watched }: LogsArgs, config: string) {
  const secret = existing?.existingSecret;
  return {
    fullnameOverride: "alloy",
    ...(global?.imageRegistry ? { global: { image: { registry: global.imageRegistry } } } : {}),
    crds: { create: false },
    image: { pullSecrets: pullSecrets(global?.imagePullSecrets) },
    alloy: {
      configMap: { create: false, name: config, key: "config.alloy" },
      enableReporting: false,
      storagePath: "/var/lib/alloy",
      extraEnv: [{ name: "NODE_NAME", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } }],
      securityContext: { ...restricted, runAsUser: 473, runAsGroup: 473 },
      resources: collector?.resources,
      mounts: {
        varlog: false,
        extra: [
          { name: "positions", mountPath: "/var/lib/alloy" },
          ...(secret ? [{ name: "loki", mountPath: PASSWORD, readOnly: true }] : []),
        ],
      },
    },
    // A changed configuration is another ConfigMap, and so a rollout.
    configReloader: { enabled: false },
    rbac: {
      namespaces: [watched],
      rules: [
        { apiGroups: [""], resources: ["pods", "pods/log"], verbs: ["get", "list", "watch"] },
      ],
    },
    controller: {
      type: "daemonset",
      tolerations: [{ operator: "Exists", effect: "NoSchedule" }],
      volumes: {
        extra: [
          { name: "positions", emptyDir: { sizeLimit: "128Mi" } },
          ...(secret ? [{ name: "loki", secret: { secretName: secret, defaultMode: 0o440 } }] : []),
        ],
      },
    },
  };
}

/** One Loki on one volume, which deletes by itself what is older than it is told to keep. */
export function lokiValues({ global }: LogsArgs, { retentionDays, storage, resources }: OwnLoki) {
  const className = storage.class || global?.storageClass;
  return {
    fullnameOverride: "loki",
    ...(global?.imageRegistry ? { global: { imageRegistry: global.imageRegistry } } : {}),
    imagePullSecrets: pullSecrets(global?.imagePullSecrets),
    deploymentMode: "Monolithic",
    loki: {
      // Who may reach it is the network policy's to say.
      auth_enabled: false,
      analytics: { reporting_enabled: false },
      commonConfig: { replication_factor: 1 },
      storage: { type: "filesystem" },
      schemaConfig: {
        configs: [
          {
            ...{ from: "2026-01-01", store: "tsdb", object_store: "filesystem", schema: "v13" },
            index: { prefix: "loki_index_", period: "24h" },
          },
        ],
      },
      compactor: {
        retention_enabled: true,
        delete_request_store: "filesystem",
        working_directory: "/var/loki/compactor",
      },
      limits_config: {
        retention_period: `${retentionDays * 24}h`,
        allow_structured_metadata: true,
        max_label_names_per_series: 8,
        reject_old_samples_max_age: "24h",
      },
    },
    singleBinary: {
      replicas: 1,
      resources,
      persistence: {
        enabled: true,
        size: storage.size,
        ...(className ? { storageClass: className } : {}),
        whenDeleted: "Retain",
        whenScaled: "Retain",
      },
    },
    // What the other modes of deployment and the chart's own tests would bring.
    read: { replicas: 0 },
    write: { replicas: 0 },
    backend: { replicas: 0 },
    gateway: { enabled: false },
    chunksCache: { enabled: false },
    resultsCache: { enabled: false },
    lokiCanary: { enabled: false },
    test: { enabled: false },
    sidecar: { rules: { enabled: false } },
    networkPolicy: { enabled: true },
  };
}

const pullSecrets = (names: readonly string[] = []) => names.map((name) => ({ name }));
