import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { buildPackage, packages } from "#packages/build";
import { Agent, FakeRegistry } from "#test/contract/agent-support";
import { eventually } from "#test/support/eventually";
import { run } from "#test/support/project";

const tool = (name: string) => join(projectRoot, "node_modules/.bin", name);

describe("A published package", function () {
  this.timeout(300_000);
  // In nobody's project, so that nothing is found that was not installed.
  const project = mkdtempSync(join(tmpdir(), "mcp-mesh-packages-"));
  const tarballs = new Map<string, string>();

  before(async () => {
    for (const name of packages) {
      const args = [
        "pack",
        buildPackage(name, join(project, "built")),
        "--pack-destination",
        project,
        "--json",
      ];
      const { stdout, text } = await run("npm", args);
      assert.match(stdout, /filename/, text);
      tarballs.set(name, join(project, JSON.parse(stdout)[0].filename));
      await install(name);
    }
    symlinkSync(join(projectRoot, "node_modules/zod"), join(project, "node_modules/zod"));
  });
  after(() => rmSync(project, { recursive: true }));

  /** As npm does, but for what it depends on: that is linked, and never downloaded. */
  async function install(name: string): Promise<void> {
    const target = join(project, "node_modules", name);
    mkdirSync(target, { recursive: true });
    const tarball = tarballs.get(name) ?? "";
    const { code, text } = await run("tar", [
      "-xzf",
      tarball,
      "--strip-components=1",
      "-C",
      target,
    ]);
    assert.equal(code, 0, text);
    const { dependencies } = JSON.parse(readFileSync(join(target, "package.json"), "utf8"));
    for (const each of Object.keys(dependencies)) {
      const link = join(project, "node_modules", each);
      if (existsSync(link)) continue;
      const own = join(projectRoot, "packages", name, "node_modules", each);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(existsSync(own) ? own : join(projectRoot, "node_modules", each), link);
    }
  }

  async function script(file: string, text: string): Promise<string> {
    writeFileSync(join(project, file), text);
    const { code, stdout, text: all } = await run(process.execPath, [file], { cwd: project });
    assert.equal(code, 0, all);
    return stdout.trim();
  }

  for (const name of packages) {
    it(`${name} is what publint and attw call right`, async () => {
      const tarball = tarballs.get(name) ?? "";
      const lint = await run(tool("publint"), ["run", tarball, "--strict"]);
      assert.equal(lint.code, 0, lint.text);
      // `register` is for `node --import` alone.
      const types = ["--profile", "node16", "--exclude-entrypoints", "register"];
      const attw = await run(tool("attw"), [tarball, ...types]);
      assert.equal(attw.code, 0, attw.text);
    });

    it(`${name} says where it comes from, and is published with a proof of it`, () => {
      const file = join(project, "node_modules", name, "package.json");
      const { publishConfig, repository, license } = JSON.parse(readFileSync(file, "utf8"));
      assert.deepEqual(publishConfig, { access: "public", provenance: true });
      assert.deepEqual([repository.directory, license], [`packages/${name}`, "MIT"]);
    });

    it(`${name} gives the same to import and to require`, async () => {
      const print = "console.log(Object.keys(module).sort().join())";
      const imported = await script(
        "import.mjs",
        `const module = await import("${name}"); ${print}`,
      );
      const required = await script(
        "require.cjs",
        `{ const module = require("${name}"); ${print} }`,
      );
      assert.match(imported, name === "mcp-mesh" ? /startRuntime/ : /dependency,.*mesh/);
      assert.equal(required, imported);
    });
  }

  it("mcp-mesh-types types dependencies for those who import and those who require", async () => {
    for (const file of ["types.mts", "types.cts"]) {
      writeFileSync(
        join(project, file),
        `import { dependency, mesh } from "mcp-mesh-types";
         const forecast = dependency<{ city: string }, { celsius: number }>({ capability: "forecast" });
         export const { _meta } = mesh({ capability: "trip", dependencies: [forecast] });
         export const celsius = forecast({ city: "Bern" }).then((r) => r.structuredContent?.celsius.toFixed());
         // @ts-expect-error the argument is a string
         void forecast({ city: 1 });\n`,
      );
    }
    const options = ["--strict", "--noEmit", "--module", "nodenext", "--skipLibCheck"];
    const checked = await run(tool("tsc"), [...options, "types.mts", "types.cts"], {
      cwd: project,
    });
    assert.equal(checked.code, 0, checked.text);
  });

  describe("mcp-mesh-types' README", () => {
    let agent: Agent | undefined;
    const registry = new FakeRegistry();
    afterEach(async () => {
      await agent?.stop("SIGKILL");
      registry.stop();
    });

    /** What the sample answers, with that runtime attached. */
    const greeting = async (runtime: string | false, env: NodeJS.ProcessEnv = {}) => {
      const readme = join(project, "node_modules/mcp-mesh-types/README.md");
      const [, sample] = /```js\n(.*?)```/s.exec(readFileSync(readme, "utf8")) ?? [];
      const file = join(project, "agent.mjs");
      writeFileSync(file, sample ?? "");
      const started = await Agent.start({ runtime, cwd: project, script: file, env });
      agent = started;
      return eventually("a greeting", 30, () => started.greet("you"));
    };

    it("has a sample that runs with node alone", async () => {
      assert.equal(await greeting(false), "Hello, you!");
    });

    it("has a sample that joins a mesh as it is", async () => {
      await registry.start();
      const env = { MCP_MESH_REGISTRY_URL: registry.url };
      assert.equal(await greeting("mcp-mesh/register", env), "Hello, you!");
      const asked = await eventually("its registration", 30, async () => registry.asked("POST")[0]);
      const [{ capability, dependencies }] = asked.body?.tools as [Record<string, unknown>];
      assert.equal(capability, "greeting");
      assert.deepEqual(dependencies, [{ capability: "title", version: "^1" }]);
    });
  });
});
