import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gt, major, valid } from "semver";
import { parse } from "yaml";
import { projectRoot } from "#local/setup/environment";

interface Entry {
  version: string;
  digest: string;
  urls: string[];
}

const charts = join(projectRoot, "charts");
const releases = join(charts, "releases");
const entries: Entry[] = parse(readFileSync(join(releases, "index.yaml"), "utf8")).entries[
  "mcp-mesh"
];
const packages = readdirSync(releases).filter((file) => file.endsWith(".tgz"));

describe("the released charts", () => {
  it("never change: each package is what the index says it was", () => {
    assert.ok(packages.length > 0);
    assert.deepEqual(entries.map(({ version }) => `mcp-mesh-${version}.tgz`).toSorted(), packages);
    for (const { version, digest, urls } of entries) {
      assert.deepEqual(urls, [`mcp-mesh-${version}.tgz`]);
      const content = readFileSync(join(releases, `mcp-mesh-${version}.tgz`));
      assert.equal(createHash("sha256").update(content).digest("hex"), digest, version);
    }
  });

  it("have versions before that of the charts, so that no change goes out under an old one", () => {
    const { version } = parse(readFileSync(join(charts, "mcp-mesh", "Chart.yaml"), "utf8"));
    assert.ok(valid(version));
    for (const released of entries) {
      assert.ok(valid(released.version) && !released.version.includes("-"), released.version);
      assert.ok(gt(version, released.version), `${version} is not newer than ${released.version}`);
    }
  });

  it("have a page on how to get from one to the next", () => {
    const text = readFileSync(join(charts, "UPGRADE.md"), "utf8");
    for (const { version } of entries) {
      const [, minor] = version.split(".");
      assert.ok(text.includes(`to ${major(version)}.${minor}`), `UPGRADE.md: to ${version}`);
    }
  });
});
