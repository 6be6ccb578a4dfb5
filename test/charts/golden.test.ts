import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Document, visit } from "yaml";
import { normalised, renderUmbrella } from "#test/charts/support/normal";
import { stackNames } from "#test/support/stack-sources";

const folder = join(import.meta.dirname, "golden");
const HEAD = " What the umbrella renders; UPDATE_GOLDEN=1 npm test -- charts writes it anew.";

/** Longer texts are files of the charts, where a review sees their changes. */
const MOST_LINES = 12;
/** What fits into a line is written in one. */
const WIDTH = 80;

/** All objects under their kinds and names, without what every one of them has. */
async function renderedText(stack: string): Promise<string> {
  const objects = [...normalised(await renderUmbrella(stack))].map(([id, object]) => {
    const { kind: _kind, metadata, ...rest } = object;
    const { name: _name, namespace: _namespace, labels, ...other } = metadata;
    const own = Object.entries(labels ?? {}).filter(
      ([key]) => !key.startsWith("app.kubernetes.io/"),
    );
    const about = { ...(own.length > 0 ? { labels: Object.fromEntries(own) } : {}), ...other };
    return [id, { ...rest, ...(Object.keys(about).length > 0 ? { metadata: about } : {}) }];
  });
  const document = new Document(Object.fromEntries(objects), { aliasDuplicateObjects: false });
  document.commentBefore = HEAD;
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value === "string") node.value = shortened(node.value);
    },
    Collection: (_key, node) => {
      const text = JSON.stringify(node);
      if (text.length <= WIDTH && !text.includes("\\n")) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0 });
}

function shortened(text: string): string {
  const lines = text.trimEnd().split("\n").length;
  if (lines <= MOST_LINES) return text;
  return `${lines} lines, sha256 ${createHash("sha256").update(text).digest("hex").slice(0, 10)}`;
}

describe("the golden renders", function () {
  this.timeout(120_000);
  for (const stack of stackNames) {
    it(`show a review what a change does to ${stack}`, async () => {
      const file = join(folder, `${stack}.yaml`);
      const text = await renderedText(stack);
      if (process.env.UPDATE_GOLDEN) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, text);
      }
      const golden = existsSync(file) ? readFileSync(file, "utf8") : "";
      assert.equal(text, golden, "look at the difference; UPDATE_GOLDEN=1 accepts it");
    });
  }
});
