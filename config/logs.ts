import { z } from "zod";
import type { Global } from "#config/charts/common";
import { objectName, objectNameOrNone } from "#config/charts/kubernetes-words";
import { name, quantity, resources } from "#config/shapes";
import { alloyConfiguration } from "#observability/logs/alloy";

const sized = (cpu: string, memory: string, most: string) =>
  resources.prefault({
    requests: { cpu, memory, "ephemeral-storage": "32Mi" },
    limits: { cpu: "1", memory: most, "ephemeral-storage": "256Mi" },
  });

/** What a stack says about its logs. */
export const logs = z
  .strictObject({
    namespace: name.default("logging").describe("Where both go; it must be there."),
    collector: z
      .strictObject({ resources: sized("50m", "128Mi", "384Mi") })
      .prefault({})
      .describe("Alloy, a pod on every node."),
    loki: z
      .strictObject({
        retentionDays: z.int().min(1).max(3650).default(30).describe("What is older is deleted."),
        storage: z
          .strictObject({ size: quantity.default("50Gi"), class: objectNameOrNone.default("") })
          .prefault({}),
        resources: sized("200m", "512Mi", "2Gi"),
      })
      .optional()
      .describe("One Loki with a volume, for some 20 GB a day."),
    existing: z
      .strictObject({
        url: z.url().describe("A Loki that is there, without a path."),
        tenant: z.string().min(1).optional(),
        username: z.string().min(1).optional(),
        existingSecret: objectName
          .optional()
          .describe('A Secret beside Alloy with the key "password".'),
      })
      .refine(({ username, existingSecret }) => !username === !existingSecret, {
        path: ["existingSecret"],
        error: "goes with username; write both or neither",
      })
      .optional(),
  })
  .refine(({ loki, existing }) => !loki !== !existing, {
    path: ["loki"],
    error: "says where logs go: write loki (of the stack's own) or existing, not both",
  })
  .describe("Where the pods' logs go; left out, they stay on the nodes.");
export type LogsSettings = z.output<typeof logs>;

const RELEASE_URL = (namespace: string) => `http://loki.${namespace}.svc:3100`;

/** What the component takes; `watched` is the namespace whose pods' logs are read. */
export function logsArgs(settings: LogsSettings, watched: string, global: Global) {
  const { namespace, collector, loki, existing } = settings;
  const { url = RELEASE_URL(namespace), tenant, username } = existing ?? {};
  const login = username && { username, passwordFile: "/etc/loki/password" };
  const target = { url, ...(tenant ? { tenant } : {}), ...(login ? { login } : {}) };
  const secret = existing?.existingSecret;
  return {
    ...{ namespace, watched, global, collector },
    configuration: alloyConfiguration(watched, target),
    ...(loki ? { loki } : {}),
    ...(existing ? { existing: { url, ...(secret ? { existingSecret: secret } : {}) } } : {}),
  };
}
