import { type KubernetesObject, list } from "#model/kubernetes";

/** One object under judgement, wherever it came from. */
export interface Subject {
  apiVersion: string;
  kind: string;
  /** What the rules read; in the policy host a proxy that throws on values not yet known. */
  body: KubernetesObject;
  /** A `*Patch` resource or a patch file: what it does not mention stays as it is in the cluster. */
  patch: boolean;
}

/**
 * The objects in one parsed manifest document: the document itself, or the items of a list kind.
 * What is not a Kubernetes object (a values file, a number) gives none.
 */
export function fromManifest(document: unknown): Subject[] {
  const body = document as KubernetesObject | null;
  if (typeof body !== "object" || body === null) return [];
  if (typeof body.kind !== "string" || typeof body.apiVersion !== "string") return [];
  return expand({ apiVersion: body.apiVersion, kind: body.kind, body, patch: false });
}

/**
 * The objects that a Pulumi resource stands for, named by its type token:
 * `kubernetes:apps/v1:DeploymentPatch` is a Deployment, and a resource of another package keeps its
 * module as apiVersion (`command:local:Command` → `command/local`).
 */
export function fromPulumi(token: string, body: KubernetesObject): Subject[] {
  const [provider = "", module = "", type = ""] = token.split(":");
  if (provider !== "kubernetes") {
    return [{ apiVersion: `${provider}/${module}`, kind: type, body, patch: false }];
  }
  const patch = type.endsWith("Patch");
  const kind = patch ? type.slice(0, -"Patch".length) : type;
  return expand({ apiVersion: module.replace(/^core\//, ""), kind, body, patch });
}

/** `mcp-mesh/web`, or what is known of it: names may be unknown in a preview. */
export function nameOf(subject: Subject): { namespace: string; name: string } {
  try {
    const { namespace, name, generateName } = subject.body.metadata ?? {};
    return { namespace: namespace ?? "", name: name ?? generateName ?? "" };
  } catch {
    return { namespace: "", name: "" };
  }
}

function expand(subject: Subject): Subject[] {
  if (!subject.kind.endsWith("List") || !Array.isArray(subject.body.items)) return [subject];
  const itemKind = subject.kind.slice(0, -"List".length);
  return list(subject.body.items).flatMap((body) =>
    expand({
      apiVersion: body?.apiVersion ?? subject.apiVersion,
      kind: body?.kind ?? itemKind,
      body: body ?? {},
      patch: false,
    }),
  );
}
