import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");
const engine = join(root, "local", "engine", "main.ts");

describe("the stacks under their policies", function () {
  this.timeout(300_000);
  let state: string;

  const pulumi = (...args: string[]) => {
    const env = {
      ...process.env,
      XDG_STATE_HOME: state,
      PULUMI_BACKEND_URL: `file://${state}`,
      PULUMI_CONFIG_PASSPHRASE: "for this test only",
      KUBECONFIG: join(state, "no-cluster"),
    };
    const flags = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", engine];
    const options = { cwd: root, env, encoding: "utf8" } as const;
    return spawnSync(process.execPath, [...flags, ...args], options);
  };

  before(() => {
    state = mkdtempSync(join(tmpdir(), "policy-stacks-"));
  });

  after(() => rmSync(state, { recursive: true }));

  for (const stack of ["dev", "staging", "prod"]) {
    it(`violate no mandatory rule on ${stack}`, () => {
      assert.equal(pulumi("stack", "init", stack).status, 0);
      const config = `policy/config.${stack}.json`;
      const policies = ["--policy-pack", "policy", "--policy-pack-config", config];
      const { status, stdout, stderr } = pulumi("preview", "--stack", stack, ...policies);
      assert.equal(status, 0, `${stdout}\n${stderr}`);
      assert.match(stdout, /Policies:\n +(✅|⚠️) mcp-mesh@v/u);
      assert.match(stdout, /kubernetes:apps\/v1:Deployment .*create/);
      assert.doesNotMatch(stdout, /\[mandatory\]/);
    });
  }
});
