import assert from "node:assert/strict";
import { policiesOfStack } from "#policy/admission/stack";
import type { KubernetesObject } from "#policy/model/kubernetes";
import { Api } from "#test/admission/support/api";
import { collectionOf, each, makeNamespace, put, uninstall } from "#test/admission/support/judges";
import { kubectl, testTarget } from "#test/support/kubectl";
import { objectsOf } from "#test/support/program";
import { Project } from "#test/support/project";

const namespace = "mcp-mesh";
const inNamespace = ["-n", namespace];

function target() {
  const found = testTarget();
  if (!found) console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
  return found;
}

/** A bare pod as `kubectl run` would make it, but for what Pod Security asks for. */
const badPod = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "shell", namespace },
  spec: {
    securityContext: {
      runAsUser: 65532,
      runAsNonRoot: true,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "shell",
        image: "busybox:1.36",
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ],
  },
};

describe("the admission policies of the project's stacks", function () {
  this.timeout(300_000);
  let api: Api;

  before(async function () {
    const cluster = target();
    if (!cluster) return this.skip();
    api = new Api(cluster.kubeconfig);
    await makeNamespace(api, namespace);
  });

  after(async () => {
    if (!api) return;
    await api.must("DELETE", `/api/v1/namespaces/${namespace}`);
    api.close();
  });

  for (const stack of ["dev", "staging", "prod"]) {
    it(`let every object of ${stack} through, where they deny`, async () => {
      const prefix = `stack-${stack}`;
      const policies = policiesOfStack(stack, { prefix, namespace, action: "deny" });
      await put(api, policies, prefix);
      const objects = (await objectsOf(stack)).map(plain).filter(served);
      const answers = await each(objects, async (object) => {
        const { status, body } = await api.call(
          "POST",
          `${collectionOf(object)}?dryRun=All`,
          object,
        );
        const refused = status === 403 || (status >= 400 && status !== 409);
        return refused ? `${object.kind} ${object.metadata?.name}: ${body.message}` : [];
      });
      await uninstall(api, prefix);
      assert.ok(objects.length > 30);
      assert.deepEqual(answers.flat(), []);
    });
  }
});

/** What the types of Secrets ask for. */
const ASKED: Record<string, object> = {
  "kubernetes.io/basic-auth": { username: "generated", password: "generated" },
  "kubernetes.io/tls": { "tls.crt": "generated", "tls.key": "generated" },
};

/** A Secret's generated passwords and keys are no texts here: nobody generated them. */
function plain(whole: object): KubernetesObject {
  const { stringData: _, ...object } = whole as Record<string, unknown>;
  const stringData = ASKED[String(object.type)];
  return { ...object, ...(stringData && { stringData }) } as KubernetesObject;
}

/** Built-in kinds that rules are about; operators' are not on the test's cluster. */
function served(object: KubernetesObject): boolean {
  const group = object.apiVersion?.includes("/") ? (object.apiVersion.split("/")[0] ?? "") : "";
  if (group.includes(".") && !group.endsWith(".k8s.io")) return false;
  return object.kind !== "ValidatingAdmissionPolicy" && isKnown(object);
}

function isKnown(object: KubernetesObject): boolean {
  try {
    collectionOf(object);
    return true;
  } catch {
    return false;
  }
}

describe("the dev stack under policies that deny", function () {
  this.timeout(300_000);
  let project: Project;

  before(function () {
    const cluster = target();
    if (!cluster) return this.skip();
    project = new Project(cluster.kubeconfig);
    project.edit("Pulumi.dev.yaml", (text) => `${text}  mcp-mesh:admission: { action: deny }\n`);
  });

  after(async () => {
    if (!project) return;
    await project.pulumi(["destroy", "--yes", "--skip-preview", "-s", "dev"]);
    project.remove();
  });

  it("installs, with its policies", async () => {
    const up = await project.pulumi(["up", "--yes", "--skip-preview", "-s", "dev"]);
    assert.equal(up.code, 0, up.text);
    const found = await kubectl(["get", "validatingadmissionpolicybindings", "-o", "name"]);
    assert.match(found.stdout, /\/mcp-mesh-run-as-non-root$/m);
  });

  it("still gets new pods from its controllers", async () => {
    const restarted = await kubectl([
      ...inNamespace,
      "rollout",
      "restart",
      "deployment",
      "registry",
    ]);
    assert.equal(restarted.code, 0, restarted.text);
    const ready = await kubectl([
      ...inNamespace,
      ...["rollout", "status", "deployment", "registry", "--timeout=120s"],
    ]);
    assert.equal(ready.code, 0, ready.text);
  });

  it("has a pod refused that breaks a rule, in the rule's own words", async () => {
    const refused = await kubectl(["create", "-f", "-"], JSON.stringify(badPod));
    assert.notEqual(refused.code, 0);
    assert.match(refused.text, /mcp-mesh-[\w-]+' denied request: [A-Z]\d+ [\w-]+: [A-Z].*\./);
  });

  it("leaves other namespaces alone", async () => {
    const elsewhere = { ...badPod, metadata: { name: "shell", namespace: "default" } };
    const made = await kubectl(
      ["create", "--dry-run=server", "-f", "-"],
      JSON.stringify(elsewhere),
    );
    assert.equal(made.code, 0, made.text);
  });

  it("takes the policies away again with the stack", async () => {
    const destroyed = await project.pulumi(["destroy", "--yes", "--skip-preview", "-s", "dev"]);
    assert.equal(destroyed.code, 0, destroyed.text);
    const found = await kubectl(["get", "validatingadmissionpolicies", "-o", "name"]);
    assert.doesNotMatch(found.stdout, /mcp-mesh-/);
  });
});
