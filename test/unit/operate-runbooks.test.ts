import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { commands } from "#operate/commands/index";

const SHARED = ["--stack", "--namespace", "--release", "--context", "--explain", "--yes"];

describe("what the pages tell an operator to type", () => {
  const folder = join(projectRoot, "docs/runbooks");
  const pages = readdirSync(folder).map((file) => ({
    name: file.replace(".md", ""),
    text: readFileSync(join(folder, file), "utf8"),
  }));

  it("is a command that is there, with flags that it has", () => {
    const typed = pages.flatMap(({ name, text }) =>
      [...text.matchAll(/npm run (?:-s )?operate -- ([^\n`]+)/g)].map(([, line = ""]) => ({
        name,
        line,
      })),
    );
    assert.ok(typed.length > 5);
    for (const { name, line } of typed) {
      const [verb, ...rest] = line.split(" ");
      const command = commands.find((one) => one.name === verb);
      assert.ok(command, `${name}: operate has no command ${verb}`);
      const flags = (command.flags ?? []).map((flag) => flag.flags.split(" ")[0]);
      for (const flag of rest.filter((word) => word.startsWith("--"))) {
        assert.ok([...SHARED, ...flags].includes(flag), `${name}: ${verb} has no flag ${flag}`);
      }
    }
  });

  it("stands on pages of one form, where no alert leads to them", () => {
    const own = pages.filter(
      ({ text }) => text.includes("npm run operate") && !text.includes("\n## Mitigation\n"),
    );
    assert.ok(own.length > 0);
    for (const { name, text } of own) {
      const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading);
      assert.deepEqual(headings, [name, "When", "Before", "Steps", "Afterwards"], name);
    }
  });
});
