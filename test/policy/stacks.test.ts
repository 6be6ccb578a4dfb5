import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { images, REPOSITORY } from "#local/images/catalogue";
import { Project } from "#test/support/project";

/** A lock of images as their build writes it; which bytes the digests are of is all one here. */
const lock = Object.fromEntries(
  images.map(({ name, tag }) => [`${REPOSITORY}/${name}:${tag}`, `sha256:${"0".repeat(64)}`]),
);

describe("the stacks under their policies", function () {
  this.timeout(300_000);
  let project: Project;

  before(() => {
    project = new Project("/nowhere/kubeconfig");
    writeFileSync(join(project.dir, "images.lock.json"), JSON.stringify({ images: lock }));
  });

  after(() => project.remove());

  for (const stack of ["dev", "staging", "prod"]) {
    it(`violate no mandatory rule on ${stack}`, async () => {
      assert.equal((await project.pulumi(["stack", "init", stack])).code, 0);
      const config = `policy/config.${stack}.json`;
      const policies = ["--policy-pack", "policy", "--policy-pack-config", config];
      const outcome = await project.pulumi(["preview", "--stack", stack, ...policies]);
      const { code, stdout, text } = outcome;
      assert.equal(code, 0, text);
      assert.match(stdout, /Policies:\n +(✅|⚠️) mcp-mesh@v/u);
      assert.match(stdout, /kubernetes:apps\/v1:Deployment .*create/);
      assert.doesNotMatch(stdout, /\[mandatory\]/);
    });
  }
});
