import { type KubernetesObject, list } from "#model/kubernetes";

/** One object under judgement, wherever it came from. */
export interface Subject {
  apiVersion: string;
  kind: string;
  /** `apps/Deployment`, or `Service` in the core group: the kind in whatever version. */
  groupKind: string;
  /** What the rules read; in a preview, reading a value that is not known yet throws. */
  body: KubernetesObject;
  /** A `*Patch` resource or a patch file: what it does not mention stays as it is in the cluster. */
  patch: boolean;
  /** What only Pulumi knows of it; undefined for a manifest. */
  pulumi?: PulumiFacts;
}

export interface PulumiFacts {
  urn: string;
  protect: boolean;
  ignoreChanges: readonly string[];
  /** Fields of a Secret that Pulumi's state holds in plain text; undefined if nobody looked. */
  plainFields?: readonly string[];
}

/**
 * The objects in one parsed manifest document: the document itself, or the items of a list kind.
 * What is not a Kubernetes object (a values file, a number) gives none.
 */
export function fromManifest(document: unknown): Subject[] {
  const body = document as KubernetesObject | null;
  if (typeof body !== "object" || body === null) return [];
  if (typeof body.kind !== "string" || typeof body.apiVersion !== "string") return [];
  return expand(subject(body.apiVersion, body.kind, body, false));
}

/**
 * The objects that a Pulumi resource stands for, named by its type token:
 * `kubernetes:apps/v1:DeploymentPatch` is a Deployment, and a resource of another package keeps its
 * module as apiVersion (`command:local:Command` → `command/local`).
 */
export function fromPulumi(token: string, body: KubernetesObject, pulumi?: PulumiFacts): Subject[] {
  const [provider = "", module = "", type = ""] = token.split(":");
  if (provider !== "kubernetes") {
    return [subject(`${provider}/${module}`, type, body, false, pulumi)];
  }
  // A custom resource may have such a name of its own; then its kind says so too.
  const patch = type.endsWith("Patch") && body.kind !== type;
  const kind = patch ? type.slice(0, -"Patch".length) : type;
  return expand(subject(module.replace(/^core\//, ""), kind, body, patch, pulumi));
}

/** `mcp-mesh/web`, or what is known of it: names may be unknown in a preview. */
export function nameOf(subject: Subject): { namespace: string; name: string } {
  return { namespace: readName(subject, "namespace"), name: readName(subject, "name") };
}

function readName({ body }: Subject, field: "namespace" | "name"): string {
  try {
    const { metadata } = body;
    return metadata?.[field] ?? (field === "name" ? metadata?.generateName : undefined) ?? "";
  } catch {
    return "";
  }
}

/** The object's spec, or an empty one, with the fields that a rule reads. */
export function specOf<T extends object>(subject: Subject): Partial<T> {
  return (subject.body.spec ?? {}) as Partial<T>;
}

/** Whether the object is one that a cluster gave, in which the server has filled in fields. */
export function isLive({ body }: Subject): boolean {
  const { uid } = (body.metadata ?? {}) as { uid?: string };
  return uid !== undefined;
}

/** `Deployment mesh/web`: an object as messages and exemptions name it. */
export function shown(subject: Subject): string {
  const { namespace, name } = nameOf(subject);
  return `${subject.kind} ${namespace ? `${namespace}/` : ""}${name || "(no name yet)"}`;
}

function subject(
  apiVersion: string,
  kind: string,
  body: KubernetesObject,
  patch: boolean,
  pulumi?: PulumiFacts,
): Subject {
  const slash = apiVersion.indexOf("/");
  const groupKind = slash < 0 ? kind : `${apiVersion.slice(0, slash)}/${kind}`;
  return { apiVersion, kind, groupKind, body, patch, ...(pulumi && { pulumi }) };
}

function expand(whole: Subject): Subject[] {
  if (!whole.kind.endsWith("List") || !Array.isArray(whole.body.items)) return [whole];
  const itemKind = whole.kind.slice(0, -"List".length);
  return list(whole.body.items).flatMap((body) => {
    const apiVersion = body?.apiVersion ?? whole.apiVersion;
    return expand(subject(apiVersion, body?.kind ?? itemKind, body ?? {}, false, whole.pulumi));
  });
}
