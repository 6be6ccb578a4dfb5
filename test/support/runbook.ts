import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { testTarget } from "#test/support/kubectl";
import { type Outcome, run } from "#test/support/project";

/** The console blocks of a runbook, in order, as a person would type them. */
export function commandsOf(name: string): string[] {
  const text = readFileSync(join(projectRoot, "docs/runbooks", `${name}.md`), "utf8");
  return [...text.matchAll(/^( *)```console\n([\s\S]*?)^ *```$/gm)].map(([, indent = "", block]) =>
    (block ?? "").replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  );
}

/**
 * Types a runbook's commands into one shell, in order, on the cluster under test. What the page
 * exports as an example has the value that `given` has; nothing else is changed.
 */
export async function followRunbook(name: string, given: Record<string, string>): Promise<Outcome> {
  const left = new Set(Object.keys(given));
  const script = commandsOf(name)
    .join("\n")
    .replaceAll(/^export (\w+)=.*$/gm, (_line, key: string) => {
      if (!left.delete(key)) throw new Error(`${name} exports ${key}, and the test has no value`);
      return `export ${key}='${given[key]}'`;
    });
  if (left.size > 0) throw new Error(`${name} exports no ${[...left].join(", ")}`);
  const { kubeconfig, kubectl } = testTarget()!;
  const folder = mkdtempSync(join(tmpdir(), "mcp-mesh-runbook-"));
  try {
    mkdirSync(join(folder, "bin"));
    symlinkSync(kubectl, join(folder, "bin", "kubectl"));
    const PATH = `${join(folder, "bin")}:${process.env.PATH}`;
    return await run("bash", ["-euxc", script], {
      cwd: projectRoot,
      env: { ...process.env, PATH, KUBECONFIG: kubeconfig },
      timeout: 600_000,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
