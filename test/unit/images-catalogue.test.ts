import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readAgents } from "#config/agents";
import { extraImages, images } from "#local/images/catalogue";
import { projectRoot } from "#local/setup/environment";
import { stackSources } from "#test/support/stack-sources";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");

describe("The images", () => {
  it("are all that the agents' files name, with the same tags", () => {
    const { agents } = readAgents(stackSources("dev").agentFiles, new Map());
    assert.ok(agents.length > 0);
    for (const { name, image } of agents) {
      const built = images.find((each) => each.name === image.name);
      assert.equal(built?.tag, image.tag, `${name} names ${image.name}:${image.tag}`);
    }
  });

  it("are one for each sample agent, with the runtime where it is part of a mesh", () => {
    const samples = images.filter(({ folder }) => folder === "agent");
    const folders = globSync("examples/*", { cwd: projectRoot }).map((path) => basename(path));
    assert.deepEqual(samples.map(({ name }) => name).sort(), folders.sort());
    const targets = Object.fromEntries(samples.map(({ name, target }) => [name, target]));
    assert.equal(targets.clock, "vanilla");
    assert.equal(targets.greeter, "mesh");
  });

  for (const image of [...images, ...extraImages]) {
    const { name, tag, inputs, mount, folder = name, args = {} } = image;
    // As the build reads it: with its arguments, and the paths from where they start.
    const dockerfile = read(`images/${folder}/Dockerfile`)
      .replace(/\$\{(\w+)\}/g, (text, key) => args[key] ?? text)
      .replaceAll("=src/agent.ts", `=examples/${name}/src/agent.ts`);

    it(`${name} runs as a user other than root and says what it is`, () => {
      assert.match(dockerfile, /^USER (65532:65532|65534:65534|999:999)$/m);
      assert.match(dockerfile, new RegExp(`image\\.title="${name}"`));
      assert.match(dockerfile, new RegExp(`image\\.version="${tag.replaceAll(".", "\\.")}"`));
    });

    it(`${name} is built anew when something that goes into it changes`, () => {
      const entries = [...dockerfile.matchAll(/=((?:services|packages|examples)[^"]+\.ts)"/g)];
      const copied = [...dockerfile.matchAll(/^COPY (images\/\S+\.mjs) /gm)];
      for (const [, path = ""] of [...entries, ...copied]) {
        assert.ok(existsSync(join(projectRoot, path)), path);
        const counted = inputs.some((input) => path === input || path.startsWith(`${input}/`));
        assert.ok(counted, `${path} goes into ${name}, but is none of its inputs`);
      }
      assert.equal(entries.length > 0, mount === "workspace");
    });

    if (mount === "npm") {
      it(`${name} bakes in exactly the version that its tag names, from wherever npm fetches`, () => {
        const { dependencies } = JSON.parse(read(`images/${name}/package.json`));
        assert.deepEqual(dependencies, { [`@modelcontextprotocol/${name}`]: tag });
        const { packages } = JSON.parse(read(`images/${name}/package-lock.json`));
        const locked = Object.entries<{ resolved?: string; integrity?: string }>(packages);
        assert.equal(packages[`node_modules/@modelcontextprotocol/${name}`].version, tag);
        for (const [path, { resolved, integrity }] of locked.slice(1)) {
          assert.equal(resolved, undefined, path);
          assert.match(integrity ?? "", /^sha512-/, path);
        }
      });
    }
  }

  it("end when they are told to, also servers that listen for no signal", () => {
    for (const { name } of images.filter(({ mount }) => mount === "npm")) {
      assert.match(read(`images/${name}/Dockerfile`), /"--import", "\/app\/stop\.mjs"/, name);
    }
  });
});
