import type { KubernetesObject } from "#model/kubernetes";
import { list } from "#model/kubernetes";
import { type ObjectRule, show, type Violation } from "#model/rule";

type Source = { path: string; source: string };

export const opaqueInstallers: ObjectRule = {
  id: "U2",
  name: "opaque-installers",
  title: "Nothing installs objects that policies can't see, unless the stack allows its source.",
  level: "mandatory",
  severity: "high",
  why: "What a Helm release, a remote manifest or a command puts into the cluster meets no rule.",
  fix: "Use helm.v4.Chart or local manifests, or add the source and the reason to the allow list.",
  settings: {
    allow: {
      type: "array",
      items: {
        type: "object",
        required: ["source", "reason"],
        properties: { source: { type: "string" }, reason: { type: "string", minLength: 10 } },
        additionalProperties: false,
      },
      default: [],
      description: "Sources that may be installed unseen, exactly as messages show them, and why.",
    },
  },
  check({ apiVersion, kind, body }, { settings, attempt }) {
    const sourcesOf = installers[`${apiVersion.replace(/\/v\d\w*$/, "")}/${kind}`];
    if (!sourcesOf) return [];
    const allowed = list(settings.allow as { source: string }[]).map(({ source }) => source);
    return attempt(() =>
      sourcesOf(body)
        .filter(({ source }) => !allowed.includes(source))
        .map(refuse),
    );
  },
};

/** What each kind of installer takes its objects from, by API group and kind. */
const installers: Record<string, (body: KubernetesObject) => Source[]> = {
  "helm.sh/Release": (body) => {
    const { chart, name } = body as { chart?: string; name?: string };
    const { repo } = (body.repositoryOpts ?? {}) as { repo?: string };
    return [{ path: "chart", source: [repo, chart ?? name].filter(Boolean).join("/") }];
  },
  "helm.toolkit.fluxcd.io/HelmRelease": (body) => [at(body, "spec", "chart", "spec", "chart")],
  "helm.cattle.io/HelmChart": (body) => [at(body, "spec", "chart")],
  "argoproj.io/Application": (body) => [at(body, "spec", "source", "repoURL")],
  "yaml/ConfigFile": (body) => [at(body, "file")].filter(isRemote),
  "yaml/ConfigGroup": (body) =>
    [body.files ?? []]
      .flat()
      .map((source, index) => ({ path: `files[${index}]`, source: String(source) }))
      .filter(isRemote),
  "kustomize/Directory": (body) => [at(body, "directory")].filter(isRemote),
  "kustomize.config.k8s.io/Kustomization": (body) =>
    ["resources", "bases", "components"].flatMap((field) =>
      list(body[field] as unknown[])
        .map((source, index) => ({ path: `${field}[${index}]`, source: String(source) }))
        .filter(isRemote),
    ),
  "command/local/Command": commands,
  "command/remote/Command": commands,
};

function commands(body: KubernetesObject): Source[] {
  return ["create", "update"]
    .map((field) => at(body, field))
    .filter(({ source }) => /\b(kubectl|helm|kustomize)\b/.test(source));
}

function at(body: KubernetesObject, ...steps: string[]): Source {
  let value: unknown = body;
  for (const step of steps) value = (value as Record<string, unknown> | undefined)?.[step];
  return { path: steps.join("."), source: typeof value === "string" ? value : "" };
}

/** A URL, or the short forms of remote repositories that kustomize takes. */
function isRemote({ source }: Source): boolean {
  return /^([a-z][a-z+]*:)?\/\/|^git@|^(github|gitlab|bitbucket)\.\w+[/:]|\?ref=/i.test(source);
}

function refuse({ path, source }: Source): Violation {
  const found = `installs ${show(source)}, which policies can't see into`;
  const fix = "use helm.v4.Chart or local manifests, or add it to this rule's allow list";
  return { path, message: `${found}; ${fix}` };
}
