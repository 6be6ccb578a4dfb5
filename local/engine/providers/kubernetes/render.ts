import { type HelmResult, helm } from "#local/engine/helm";
import type { ConstructedChild, ConstructRequest } from "#local/engine/provider";
import { groupOf } from "#local/engine/providers/kubernetes/discovery";
import { annotation, at, props, text } from "#local/engine/providers/kubernetes/json";
import { parseManifests } from "#local/engine/providers/kubernetes/manifests";
import { idOf, type Session } from "#local/engine/providers/kubernetes/session";
import {
  isProps,
  mapProps,
  type Props,
  reveal,
  rewrite,
  Secret,
  UNKNOWN,
  Unknown,
  type Value,
} from "#local/engine/value";

/** What charts see offline: the version that the local cluster runs. */
const DEFAULT_KUBE_VERSION = "1.36.3";

/** Stands for values that only an update will know, while a chart renders in a preview. */
const PLACEHOLDER = "unknown-04da6b54-80e4-46f7-96ec-b56ff0331ba9";

const KNOWN_ARGS = ["chart", "name", "namespace", "resourcePrefix", "skipAwait", "skipCrds"];
KNOWN_ARGS.push("values", "version");

/** Renders a `kubernetes:helm.sh/v4:Chart` into the resources it stands for, dependencies first. */
export async function renderChart(
  session: Session,
  request: ConstructRequest,
): Promise<ConstructedChild[]> {
  const { args, name } = request;
  const unsupported = Object.keys(args).filter((key) => !KNOWN_ARGS.includes(key));
  if (unsupported.length > 0) {
    throw new Error(
      `Chart ${name}: the local engine does not support ${unsupported.join(", ")}; use the Pulumi CLI`,
    );
  }
  const namespace = text(args, "namespace") || (await session.namespace());
  const rendered = await template(session, request, namespace);
  const secrets = secretTexts(args.values ?? null);
  const objects = rendered
    .filter((object) => !annotation(object, "helm.sh/hook"))
    .map((object) => uncover(object, secrets) as Props);
  for (const object of objects) {
    if (text(object, "kind") === "CustomResourceDefinition") session.kinds.learn(object);
  }
  const prefix = text(args, "resourcePrefix") || name;
  const children = await Promise.all(
    objects.map(async (object) => {
      const apiVersion = text(object, "apiVersion");
      const kind = await session.kinds.find(apiVersion, text(object, "kind"));
      const metadata = { ...props(object, "metadata") };
      if (kind?.namespaced !== false) metadata.namespace ||= namespace;
      else delete metadata.namespace;
      if (at(args, "skipAwait") === true) {
        const annotations = { ...props(metadata, "annotations"), "pulumi.com/skipAwait": "true" };
        metadata.annotations = annotations;
      }
      const inputs: Props = { ...object, metadata };
      const group = apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`;
      const child: ConstructedChild = {
        type: `kubernetes:${group}:${text(object, "kind")}`,
        name: `${prefix}:${idOf(inputs)}`,
        inputs,
        dependsOn: [],
        retainOnDelete: annotation(inputs, "helm.sh/resource-policy") === "keep",
      };
      return child;
    }),
  );
  return inOrder(children);
}

async function template(
  session: Session,
  request: ConstructRequest,
  namespace: string,
): Promise<Props[]> {
  const { args, name } = request;
  const chart = text(args, "chart");
  if (!chart)
    throw new Error(`Chart ${name}: \`chart\` must be known, and name a chart or its path`);
  const kubeVersion = (await session.version()) || DEFAULT_KUBE_VERSION;
  const extra = await session.kinds.extra();
  const version = text(args, "version");
  const command = [
    ...["template", text(args, "name") || name, chart, "--namespace", namespace],
    ...["--values", "-", "--no-hooks", "--skip-tests", "--kube-version", kubeVersion],
    ...extra.flatMap((item) => ["--api-versions", item]),
    ...(args.skipCrds === true ? ["--skip-crds"] : ["--include-crds"]),
    ...(version ? ["--version", version] : []),
  ];
  const values = rewrite(reveal(args.values ?? {}), (value) =>
    value instanceof Unknown ? PLACEHOLDER : value,
  );
  const input = JSON.stringify(values);
  const result = await helmTemplate(chart, command, input);
  if (result.code !== 0) {
    const words = result.stderr.trim().replace(/^Error: /, "");
    throw new Error(`Chart ${name}: helm could not render ${chart}: ${words}`);
  }
  return parseManifests(result.stdout);
}

/** Runs `helm template`; a chart folder whose dependencies are missing gets them built first. */
async function helmTemplate(chart: string, command: string[], input: string): Promise<HelmResult> {
  const result = await helm(command, input);
  if (!/missing in charts\/ directory/.test(result.stderr)) return result;
  const built = building.get(chart) ?? helm(["dependency", "build", chart]);
  building.set(chart, built);
  const { code, stderr } = await built;
  return code === 0 ? helm(command, input) : { code, stderr, stdout: "" };
}

/** Several releases of one folder build its dependencies once. */
const building = new Map<string, Promise<HelmResult>>();

/** Makes secret and unknown again what the chart's values held as secret or unknown. */
function uncover(value: Value, secrets: string[]): Value {
  if (Array.isArray(value)) return value.map((item) => uncover(item, secrets));
  if (isProps(value)) {
    return mapProps(value, (item) => uncover(item, secrets));
  }
  if (typeof value !== "string") return value;
  const encoded = /^[A-Za-z0-9+/]{4,}={0,2}$/.test(value);
  const decoded = encoded ? Buffer.from(value, "base64").toString() : "";
  if (value.includes(PLACEHOLDER) || decoded.includes(PLACEHOLDER)) return UNKNOWN;
  // Short secrets would turn up inside everything: those count only as whole values.
  const holds = (secret: string) =>
    value === secret ||
    decoded === secret ||
    (secret.length >= 8 && (value.includes(secret) || decoded.includes(secret)));
  return secrets.some(holds) ? new Secret(value) : value;
}

/** Every text that is secret in a chart's values. */
function secretTexts(values: Value, secret = false): string[] {
  if (values instanceof Secret) return secretTexts(values.value, true);
  if (typeof values === "string") return secret && values ? [values] : [];
  const items = Array.isArray(values) ? values : isProps(values) ? Object.values(values) : [];
  return items.flatMap((item) => secretTexts(item, secret));
}

/** Fills in `dependsOn` and sorts: definitions, namespaces and depends-on targets come first. */
function inOrder(children: ConstructedChild[]): ConstructedChild[] {
  const needs = new Map<ConstructedChild, ConstructedChild[]>();
  const targets = new Map(children.flatMap((child) => titlesOf(child).map((t) => [t, child])));
  for (const child of children) {
    const { inputs } = child;
    const group = groupOf(text(inputs, "apiVersion"));
    const told = annotation(inputs, "config.kubernetes.io/depends-on").split(",").filter(Boolean);
    const missing = told.find((reference) => !targets.has(reference.trim()));
    if (missing) throw new Error(`${child.name} depends on ${missing}, which the chart lacks`);
    const wanted = [
      `definition of ${group}/${text(inputs, "kind")}`,
      `namespace ${text(inputs, "metadata", "namespace")}`,
      ...told.map((reference) => reference.trim()),
    ];
    const found = wanted.flatMap((title) => targets.get(title) ?? []);
    const others = found.filter((need) => need !== child);
    needs.set(child, others);
    child.dependsOn = others.map(({ name }) => name);
  }
  const sorted = new Set<ConstructedChild>();
  const visit = (child: ConstructedChild, above: ConstructedChild[]) => {
    if (sorted.has(child)) return;
    if (above.includes(child)) throw new Error(`${child.name} depends on itself`);
    for (const need of needs.get(child) ?? []) visit(need, [...above, child]);
    sorted.add(child);
  };
  for (const child of children) visit(child, []);
  return [...sorted];
}

/** What others may need a child as. */
function titlesOf({ inputs }: ConstructedChild): string[] {
  const kind = text(inputs, "kind");
  const name = text(inputs, "metadata", "name");
  const namespace = text(inputs, "metadata", "namespace");
  const scope = namespace ? `namespaces/${namespace}/` : "";
  const titles = [`${groupOf(text(inputs, "apiVersion"))}/${scope}${kind}/${name}`];
  if (kind === "Namespace") titles.push(`namespace ${name}`);
  if (kind === "CustomResourceDefinition") {
    const { group, names } = props(inputs, "spec");
    titles.push(`definition of ${group}/${text(names, "kind")}`);
  }
  return titles;
}
