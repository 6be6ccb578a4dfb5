import type { ScalarTag } from "yaml";
import { isProps, type Props, rewrite, type Value } from "#local/engine/value";

/** YAML as Kubernetes reads it: octal `0444`, and `yes`/`on` as booleans, unlike YAML 1.2. */
const OCTAL: ScalarTag = {
  tag: "tag:yaml.org,2002:int",
  identify: () => false,
  default: true,
  test: /^[-+]?0[0-7]+$/,
  resolve: (source) => Number.parseInt(source, 8),
};
const SWITCH: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  identify: () => false,
  default: true,
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/,
  resolve: (source) => /^(y|yes|on)$/i.test(source),
};

/** The objects in a stream of YAML documents, Lists taken apart, empty documents left out. */
export async function parseManifests(source: string): Promise<Props[]> {
  const { parseAllDocuments } = await import("yaml");
  const documents = parseAllDocuments(source, {
    merge: true,
    customTags: (tags) => [OCTAL, SWITCH, ...tags],
  });
  if (!Array.isArray(documents)) return [];
  return documents.flatMap((document) => {
    const [error] = document.errors;
    if (error) throw new Error(`the rendered YAML can't be read: ${error.message}`);
    return expand(document.toJS() as Value);
  });
}

function expand(object: Value): Props[] {
  if (!isProps(object) || Object.keys(object).length === 0) return [];
  const isList = typeof object.kind === "string" && object.kind.endsWith("List");
  if (isList && Array.isArray(object.items)) return object.items.flatMap(expand);
  if (typeof object.apiVersion !== "string" || typeof object.kind !== "string") {
    throw new Error("a rendered document has no apiVersion or kind");
  }
  return [withoutNulls(object) as Props];
}

/** To Kubernetes a field that is null is one that is not there. */
const withoutNulls = (object: Value): Value =>
  rewrite(object, (value) =>
    isProps(value)
      ? Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null))
      : value,
  );
