import assert from "node:assert/strict";
import { join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import {
  ComponentProvider,
  getPulumiComponents,
} from "@pulumi/pulumi/provider/experimental/provider.js";
import * as components from "#components/index";
import { projectRoot } from "#local/setup/environment";
import { run } from "#test/support/project";

interface Property {
  type?: string;
  $ref?: string;
  items?: Property;
  additionalProperties?: Property;
  description?: string;
  plain?: boolean;
}
interface ObjectType {
  isComponent?: boolean;
  properties?: Record<string, Property>;
  inputProperties?: Record<string, Property>;
  requiredInputs?: string[];
  required?: string[];
  enum?: { value: string }[];
}
interface Schema {
  name: string;
  resources: Record<string, ObjectType>;
  types: Record<string, ObjectType>;
}

const ANY = "pulumi.json#/Any";

describe("the components as a package", function () {
  this.timeout(300_000);
  let schema: Schema;
  /** Every input, of components and of the objects that they take, by its path. */
  let inputs: Map<string, Property>;

  before(async () => {
    const provider = new ComponentProvider({
      components: getPulumiComponents(components),
      dirname: join(projectRoot, "components"),
      name: "mcp-mesh",
    });
    schema = JSON.parse(await provider.getSchema());
    const short = (token: string) => token.replace("mcp-mesh:index:", "");
    inputs = new Map(
      [
        ...Object.entries(schema.resources).map(([token, one]) => [token, one.inputProperties]),
        ...Object.entries(schema.types).map(([token, one]) => [token, one.properties]),
      ].flatMap(([token, properties]) =>
        Object.entries(properties ?? {}).map(([key, value]): [string, Property] => [
          `${short(token as string)}.${key}`,
          value,
        ]),
      ),
    );
  });

  it("has every exported component, under the token that it registers itself with", () => {
    const exported = Object.keys(components).map((name) => `mcp-mesh:index:${name}`);
    assert.deepEqual(Object.keys(schema.resources).toSorted(), exported.toSorted());
    assert.ok(Object.values(schema.resources).every(({ isComponent }) => isComponent));
  });

  it("says of every input what it is", () => {
    const mute = [...inputs].filter(([, { description }]) => !description).map(([path]) => path);
    assert.deepEqual(mute, []);
  });

  it("names inputs as every language can", () => {
    const odd = [...inputs.keys()].filter((path) => !/^[A-Z]\w*\.[a-z][A-Za-z0-9]*$/.test(path));
    assert.deepEqual(odd, []);
  });

  it("leaves the form free only of what is another's business", () => {
    const free = [...inputs].filter(([, one]) => JSON.stringify(one).includes(ANY));
    assert.deepEqual(free.map(([path]) => path).toSorted(), [
      "AdmissionObject.spec",
      "Agent.config",
      "Check.arguments",
      "Pod.volumes",
      "Registry.declaredAgents",
      "Target.arguments",
    ]);
  });

  it("requires only what no chart can have a default for", () => {
    const required = Object.fromEntries(
      Object.entries(schema.resources).map(([token, { requiredInputs }]) => [
        token.replace("mcp-mesh:index:", ""),
        requiredInputs?.toSorted(),
      ]),
    );
    assert.partialDeepStrictEqual(required, {
      Agent: ["namespace"],
      Dashboard: ["namespace"],
      Database: ["namespace"],
      Foundation: ["namespace"],
      Observability: ["namespace"],
      Registry: ["database", "namespace"],
    });
  });

  it("takes from other resources what only they know, and everything else plain", () => {
    const late = Object.entries(schema.resources).flatMap(([token, { inputProperties = {} }]) =>
      Object.entries(inputProperties)
        .filter(([, { plain, ...one }]) => !plain && !JSON.stringify(one).includes(ANY))
        .map(([key]) => `${token.replace("mcp-mesh:index:", "")}.${key}`),
    );
    assert.deepEqual(late.toSorted(), [
      "Agent.registryUrl",
      "Dashboard.registryUrl",
      "Registry.database",
    ]);
  });

  it("offers the words of an input as an enumeration", () => {
    const { enum: words = [] } = schema.types["mcp-mesh:index:Profile"] ?? {};
    assert.deepEqual(
      words.map(({ value }) => value),
      ["stateless", "sessionful"],
    );
  });
});

describe("the path of a chart", function () {
  this.timeout(60_000);
  const module = pathToFileURL(join(projectRoot, "components/internal/chart-path.ts")).href;
  const ask = async (cwd: string, code: string) => {
    const flags = ["--disable-warning=MODULE_TYPELESS_PACKAGE_JSON", "-e", code];
    const { stdout, text } = await run(process.execPath, flags, { cwd });
    assert.notEqual(stdout, "", text);
    return stdout.trim();
  };
  const print = 'console.log(m.chartPath("agent"))';
  const loaders = {
    import: `import(${JSON.stringify(module)}).then((m) => ${print})`,
    require: `const m = require(${JSON.stringify(join(projectRoot, "components/internal/chart-path.ts"))}); ${print}`,
  };

  for (const [way, code] of Object.entries(loaders)) {
    it(`has no name of this machine's folders in it, for the project's own program (${way})`, async () => {
      assert.equal(await ask(projectRoot, code), "./charts/agent");
    });

    it(`leads from another program's folder to the package's charts (${way})`, async () => {
      const elsewhere = resolve(projectRoot, "test");
      const path = await ask(elsewhere, code);
      assert.equal(relative(resolve(elsewhere, path), join(projectRoot, "charts/agent")), "");
    });
  }
});
