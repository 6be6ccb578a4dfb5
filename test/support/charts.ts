import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { helm } from "#local/engine/helm";
import { projectRoot } from "#local/setup/environment";

/** A rendered object, deep enough for what the tests ask. */
export interface Rendered {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  immutable?: boolean;
  data?: Record<string, string>;
  // Specs differ by kind, and each test knows which one it looks at.
  spec: any;
}

/** Renders one of the project's charts. Rejects with helm's own words. */
export async function render(
  chart: string,
  release: string,
  values: unknown = {},
  namespace = "mcp-mesh",
): Promise<Rendered[]> {
  const path = join(projectRoot, "charts", chart);
  const args = ["template", release, path, "--namespace", namespace, "--values", "-"];
  const { code, stdout, stderr } = await helm(
    [...args, "--kube-version", "1.36.3"],
    JSON.stringify(values),
  );
  if (code !== 0) throw new Error(stderr);
  return parseAllDocuments(stdout)
    .map((document) => document.toJS() as Rendered | null)
    .filter((object) => object !== null);
}

/** Whether Helm alone makes it, for a test. */
export const isHook = ({ metadata }: Rendered): boolean =>
  metadata.annotations?.["helm.sh/hook"] !== undefined;

/** The objects of a kind. */
export function ofKind(objects: readonly Rendered[], kind: string): Rendered[] {
  return objects.filter((object) => object.kind === kind);
}

/** The one object of a kind; fails if there are none or several. */
export function theOnly(objects: readonly Rendered[], kind: string): Rendered {
  const [first, ...more] = ofKind(objects, kind);
  if (!first || more.length > 0) {
    throw new Error(`${first ? 1 + more.length : 0} objects of kind ${kind}, expected one`);
  }
  return first;
}
