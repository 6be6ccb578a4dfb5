import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImage, buildImages, layoutName } from "#local/images/build";
import { type Image, images } from "#local/images/catalogue";
import { blobFile, find } from "#local/images/layout";
import { run } from "#test/support/project";

const named = (name: string): Image => {
  const image = images.find((each) => each.name === name);
  assert.ok(image, name);
  return image;
};

describe("A built image", () => {
  let folder: string | undefined;

  before(async function () {
    // The packages for the bases and the servers may have to be downloaded first.
    this.timeout(600_000);
    if (process.getuid?.() !== 0 || !existsSync("/usr/bin/buildah")) {
      console.log("skipped: building images needs root and buildah (`npm run images` installs it)");
      this.skip();
    }
    await buildImages(() => {});
    folder = mkdtempSync(join(tmpdir(), "mcp-mesh-images-"));
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const files = async (name: string): Promise<string[]> => {
    const built = find(layoutName(named(name)));
    assert.ok(built, name);
    const lists = built.manifest.layers.map(({ digest }) => run("tar", ["-tf", blobFile(digest)]));
    return (await Promise.all(lists)).flatMap(({ stdout }) => stdout.split("\n"));
  };

  it("has the same digest when it is built again from the same inputs", async () => {
    const image = named("release-check");
    const first = find(layoutName(image))?.descriptor.digest;
    await buildImage(image, `oci:${folder}:again`);
    const { manifests } = JSON.parse(readFileSync(join(folder ?? "", "index.json"), "utf8"));
    assert.equal(manifests[0].digest, first);
  }).timeout(120_000);

  it("has no shell, no package manager and no npm, if it runs Node", async () => {
    for (const name of ["registry", "clock", "greeter", "server-everything", "server-debug"]) {
      const all = await files(name);
      assert.ok(
        all.some((file) => file.endsWith("nodejs/bin/node")),
        name,
      );
      const tools = all.filter((file) => /(^|\/)s?bin\/(\w*sh|apt|dpkg|npm|busybox)$/.test(file));
      assert.deepEqual(tools, [], name);
    }
  }).timeout(60_000);

  it("holds the programs and no sources, and the runtime only where the agent is in a mesh", async () => {
    const own = async (name: string) => {
      const found = (await files(name)).filter((file) => /^app\/./.test(file));
      return [...new Set(found)].sort();
    };
    assert.deepEqual(await own("clock"), ["app/agent.mjs"]);
    assert.deepEqual(await own("greeter"), ["app/agent.mjs", "app/mcp-mesh.mjs"]);
  });

  it("does not tell where its packages were fetched from", async () => {
    const all = await files("server-everything");
    assert.ok(all.some((file) => file.includes("server-everything/dist/index.js")));
    assert.ok(!all.some((file) => file.endsWith(".package-lock.json")));
  });
});
