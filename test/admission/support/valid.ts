import { type KubernetesObject, list } from "#policy/model/kubernetes";
import { podOf } from "#policy/model/pod";
import { fromManifest } from "#policy/model/subject";

/**
 * A copy of an example that the API server's validation accepts too: an example shows one thing,
 * and leaves out what else would have to change for Kubernetes to take it.
 */
export function validated(object: KubernetesObject): KubernetesObject {
  const copy = structuredClone(object);
  const [subject] = fromManifest(copy);
  const pod = subject && podOf(subject);
  if (!pod || !subject.body) return copy;
  const spec = pod.spec as any;
  const all = [...list(spec.initContainers), ...list(spec.containers)] as any[];
  if (["Job", "CronJob"].includes(subject.kind)) spec.restartPolicy ??= "Never";
  for (const container of all) {
    const { securityContext: security, resources } = container;
    if (security?.privileged || security?.capabilities?.add?.includes("SYS_ADMIN")) {
      delete security.allowPrivilegeEscalation;
    }
    if (security?.procMount === "Unmasked") spec.hostUsers = false;
    for (const [name, limit] of Object.entries(resources?.limits ?? {})) {
      if (Number(limit) === 0) resources.requests[name] = limit;
    }
  }
  for (const container of list(spec.initContainers) as any[]) {
    const { livenessProbe, readinessProbe, startupProbe, lifecycle } = container;
    if (livenessProbe || readinessProbe || startupProbe || lifecycle)
      container.restartPolicy = "Always";
  }
  if (
    spec.hostNetwork !== true &&
    all.some(({ securityContext }) => securityContext?.windowsOptions?.hostProcess)
  ) {
    spec.hostNetwork = true;
    for (const container of all) {
      container.securityContext = {
        ...container.securityContext,
        windowsOptions: { hostProcess: true },
      };
    }
  }
  const volumes = new Set(list(spec.volumes as { name?: string }[]).map(({ name }) => name));
  const mounted = all.flatMap(({ volumeMounts }) => list(volumeMounts as { name: string }[]));
  for (const { name } of mounted) {
    if (volumes.has(name)) continue;
    volumes.add(name);
    spec.volumes = [...list(spec.volumes), { name, emptyDir: { sizeLimit: "1Mi" } }];
  }
  return copy;
}
