import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { normalised, renderUmbrella } from "#test/charts/support/normal";
import { isHook, type Rendered } from "#test/support/charts";
import { objectsOf } from "#test/support/program";
import { stackNames } from "#test/support/stack-sources";

/** What Helm's user makes himself, and the check that `helm test` stands for. */
const isTheProgramsOwn = ({ kind, metadata }: Rendered) =>
  ["Namespace", "Secret"].includes(kind) ||
  kind.startsWith("ValidatingAdmissionPolicy") ||
  metadata.name.startsWith("release-check");

/** The images by tag: the digests in the lock are of one build, and no values file has them. */
function unpinned(objects: readonly Rendered[]): Rendered[] {
  const lock = join(projectRoot, "images.lock.json");
  const { images } = existsSync(lock) ? JSON.parse(readFileSync(lock, "utf8")) : { images: {} };
  const text = Object.entries(images).reduce(
    (text, [name, digest]) => text.replaceAll(`${name}@${digest}`, name),
    JSON.stringify(objects),
  );
  return JSON.parse(text);
}

describe("the umbrella chart", function () {
  this.timeout(120_000);
  for (const stack of stackNames) {
    it(`installs with values-${stack}.yaml what the program deploys as ${stack}`, async () => {
      const ofProgram = (await objectsOf(stack)).filter((each) => !isTheProgramsOwn(each));
      const ofHelm = (await renderUmbrella(stack)).filter((each) => !isHook(each));
      const [expected, found] = [normalised(unpinned(ofProgram)), normalised(ofHelm)];
      assert.deepEqual([...found.keys()], [...expected.keys()]);
      for (const [id, object] of found) assert.deepEqual(object, expected.get(id), id);
      assert.ok(found.size > 25);
    });
  }
});
