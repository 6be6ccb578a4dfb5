import assert from "node:assert/strict";
import { getObjects, testTarget } from "#test/support/kubectl";
import { Project } from "#test/support/project";

const pack = ["--policy-pack", "policy", "--policy-pack-config", "policy/config.dev.json"];
const verbs = [["preview"], ["up", "--yes", "--skip-preview"]];
const podTemplate = "charts/mesh-lib/templates/_pod.tpl";

/** What somebody changes, and what both verbs must say: rule, resource, field, and the way out. */
const unsafe = [
  {
    what: "an agent that may run as root",
    file: podTemplate,
    change: (text: string) => text.replace("runAsNonRoot: true", "runAsNonRoot: false"),
    says: [
      /P14 \w+ mcp-mesh\/[\w-]+: spec\.template\.spec\.securityContext\.runAsNonRoot is false; write true/,
    ],
  },
  {
    what: "an agent without limits",
    file: podTemplate,
    change: (text: string) =>
      text.replace("toYaml .Values.resources", 'toYaml (pick .Values.resources "requests")'),
    says: [
      /R1 \w+ mcp-mesh\/[\w-]+: .*containers\[0\]\.resources\.limits\.cpu is missing; write a/,
    ],
  },
  {
    what: "an agent whose replicas may share a node",
    file: podTemplate,
    change: (text: string) => text.replace("kubernetes.io/hostname", "topology.kubernetes.io/zone"),
    says: [
      /H2 Deployment mcp-mesh\/[\w-]+: .*podAntiAffinity.*; add a term with topologyKey "kubernetes/,
    ],
  },
];

describe("what is unsafe or wrong", function () {
  this.timeout(180_000);
  let project: Project;

  beforeEach(function () {
    const target = testTarget();
    if (!target) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    project = new Project(target.kubeconfig);
  });
  afterEach(() => project?.remove());

  for (const { what, file, change, says } of unsafe) {
    it(`is refused by preview and up: ${what}`, async () => {
      project.edit(file, change);
      project.edit("Pulumi.dev.yaml", (text) =>
        text.replace("greeter: { replicas: 1", "greeter: { replicas: 2"),
      );
      for (const verb of verbs) {
        const refused = await project.pulumi([...verb, "-s", "dev", ...pack]);
        assert.equal(refused.code, 1, refused.text);
        for (const pattern of says) assert.match(refused.text, pattern);
        // A preview collects every violation; an update stops at the first.
        if (verb[0] === "preview") assert.match(refused.text, /Deployment: greeter/);
      }
      // What up had created before the refused Deployment goes again.
      const cleared = await project.pulumi(["destroy", "--yes", "--skip-preview", "-s", "dev"]);
      assert.equal(cleared.code, 0, cleared.text);
    });
  }

  it("is refused before anything is touched: all errors of the configuration at once", async () => {
    project.edit("Pulumi.dev.yaml", (text) =>
      text
        .replace("mcp-mesh:placement:", "mcp-mesh:placemant:")
        .replace("size: 1Gi", "size: 1Gigabyte"),
    );
    project.edit("agents/debug.yaml", (text) => text.replace(/^name: .*$/m, "name: everything"));
    project.edit("agents/greeter.yaml", (text) =>
      text.replace("capability: echo", "capability: ecco"),
    );
    for (const verb of verbs) {
      const refused = await project.pulumi([...verb, "-s", "dev", ...pack]);
      assert.equal(refused.code, 1, refused.text);
      for (const pattern of [/placemant/, /did you mean/i, /1Gigabyte/, /everything/, /ecco/]) {
        assert.match(refused.text, pattern);
      }
    }
    assert.deepEqual(await getObjects("namespaces", "--field-selector=metadata.name=mcp-mesh"), []);
  });
});
