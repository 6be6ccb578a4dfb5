import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { callTool } from "#local/setup/mcp-call";
import { keepForward, withPortForward } from "#local/setup/port-forward";
import { launchBrowser, noBrowser, Tabs } from "#test/contract/dashboard-browser-support";
import { probeFlows } from "#test/e2e/probes";
import { eventually } from "#test/support/eventually";
import { getObjects, kubectl, testTarget } from "#test/support/kubectl";
import { objectsOf } from "#test/support/program";
import { Project } from "#test/support/project";

const namespace = "mcp-mesh";
const pack = ["--policy-pack", "policy", "--policy-pack-config", "policy/config.dev.json"];
const up = ["up", "--yes", "--skip-preview", "-s", "dev", ...pack];
const inNamespace = ["-n", namespace];

const pods = (name: string) =>
  getObjects(...inNamespace, "pods", "-l", `app.kubernetes.io/name=${name}`);

/** Every object of the stack by kind and name: what must be neither doubled nor lost. */
async function inventory(): Promise<string[]> {
  const kinds =
    "deployments,statefulsets,services,configmaps,secrets,serviceaccounts,networkpolicies,jobs,pvc,pdb";
  const objects = await getObjects(...inNamespace, kinds);
  return objects.map((o) => `${o.kind}/${o.metadata.name}`).sort();
}

/** Gives an agent another number of pods by hand, as an operator would; the next `up` takes it back. */
async function scale(name: string, replicas: number): Promise<void> {
  const scaled = ["scale", "deployment", name, `--replicas=${replicas}`, ...inNamespace];
  const { code, stderr } = await kubectl(scaled);
  assert.equal(code, 0, stderr);
}

const greet = (name: string) => {
  const target = testTarget();
  assert.ok(target);
  return withPortForward(
    target.kubectl,
    { kubeconfig: target.kubeconfig, namespace, service: "greeter", port: 8080 },
    (url) => callTool(`${url}/mcp`, "greet", { name }),
  );
};

describe("the dev stack on a real cluster", function () {
  this.timeout(300_000);
  let project: Project;
  let created: string[];

  before(async function () {
    const target = testTarget();
    if (!target) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    project = new Project(target.kubeconfig);
  });
  after(() => project?.remove());

  it("recovers from a SIGKILL in the middle of `up`, with nothing doubled or lost", async () => {
    // Killed once the first Deployment stands: the release check cannot have run yet.
    const [command, args] = project.command(...up);
    const child = spawn(command, args, { cwd: project.dir, env: project.env, stdio: "ignore" });
    await eventually("the first Deployment", 120, async () => {
      const found = await kubectl(["get", "deployments", ...inNamespace, "-o", "name"]);
      return found.stdout.includes("deployment");
    });
    child.kill("SIGKILL");
    const again = await project.pulumi(up);
    assert.equal(again.code, 0, again.text);
    created = await inventory();
    assert.equal(new Set(created).size, created.length);
    const state = await project.pulumi(["stack", "export", "-s", "dev"]);
    const { deployment } = JSON.parse(state.stdout);
    const urns = deployment.resources.map((r: { urn: string }) => r.urn);
    assert.equal(new Set(urns).size, urns.length);
    assert.deepEqual(deployment.pending_operations ?? [], []);
  });

  it("answers an MCP call that crosses two agents", async () => {
    const text = await greet("Ada");
    assert.match(text, /Ada/);
    assert.match(text, /Echo/);
  });

  it("shows the live system on its page, to who logs in with the generated password", async function () {
    const missing = noBrowser();
    if (missing) {
      console.log(`      skipped: ${missing}`);
      return this.skip();
    }
    const target = testTarget();
    assert.ok(target);
    const [secret] = await getObjects<{ data: { password: string } }>(
      ...inNamespace,
      "secret/dashboard-login",
    );
    const password = Buffer.from(secret?.data.password ?? "", "base64").toString();
    const service = { kubeconfig: target.kubeconfig, namespace, service: "dashboard", port: 8090 };
    await withPortForward(target.kubectl, service, async (url) => {
      const browser = await launchBrowser();
      try {
        const tabs = new Tabs(browser);
        const tab = await tabs.open(url);
        await tab.getByLabel("Name").fill("admin");
        await tab.getByLabel("Password").fill(password);
        await tab.getByRole("button", { name: "Sign in" }).click();
        // Prometheus and the registry, each by its own sentence.
        await tab.locator("dd", { hasText: "reachable" }).nth(1).waitFor();
        await tab.goto(`${url}/#/agents`);
        const row = (name: string) => tab.getByRole("row", { name: new RegExp(`^${name}`) });
        for (const name of ["debug", "everything", "greeter"]) await row(name).waitFor();
        await row("greeter").getByText("healthy", { exact: true }).waitFor();
        await scale("greeter", 0);
        await row("greeter").waitFor({ state: "detached" });
        await scale("greeter", 1);
        await row("greeter").getByText("healthy", { exact: true }).waitFor({ timeout: 90_000 });
        await tabs.close(/401/);
      } finally {
        await browser.close();
      }
    });
  });

  it("previews no changes right after, under the policy pack", async () => {
    const preview = await project.pulumi(["preview", "-s", "dev", "--expect-no-changes", ...pack]);
    assert.equal(preview.code, 0, preview.text);
  });

  it("previews no changes when the cluster cannot be reached", async () => {
    const preview = await project.pulumi(["preview", "-s", "dev", "--expect-no-changes", ...pack], {
      KUBECONFIG: join(project.dir, "no-such-kubeconfig"),
    });
    assert.equal(preview.code, 0, preview.text);
  });

  it("keeps an address of this machine open while the pod behind it is replaced", async () => {
    const target = testTarget();
    assert.ok(target);
    const { kubeconfig } = target;
    const stopped = new AbortController();
    const address = Promise.withResolvers<string>();
    const service = { kubeconfig, namespace, service: "dashboard", port: 8090 };
    const open = keepForward(
      target.kubectl,
      service,
      undefined,
      stopped.signal,
      address.resolve,
    ).finally(() => address.reject(new Error("it ended before it had an address")));
    const live = async () => (await fetch(`${await address.promise}/live`)).ok;
    assert.ok(await live());
    const gone = await kubectl([
      ...["delete", "pod", ...inNamespace, "-l", "app.kubernetes.io/name=dashboard"],
    ]);
    assert.equal(gone.code, 0, gone.stderr);
    await eventually("the same address again", 60, live);
    stopped.abort();
    await open;
  });

  it("keeps every registration when the registry's pods are deleted", async () => {
    const before = await agentNames();
    assert.ok(before.length >= 3 && before.every((id) => id.length > 0), before.join());
    await kubectl(["delete", "pod", ...inNamespace, "-l", "app.kubernetes.io/name=registry"]);
    const after = await eventually("the registry's answer", 90, () => agentNames());
    assert.deepEqual(after, before);
    assert.match(await greet("Grace"), /Echo/);
  });

  it("lets through every flow that somebody needs, and no other, names included", async () => {
    await kubectl(["create", "namespace", "stranger"]);
    try {
      const { tried, ...wrong } = await probeFlows(await objectsOf("dev"), namespace, "stranger");
      assert.deepEqual(wrong, { missing: [], leaks: [] });
      assert.ok(tried > 50, `${tried}`);
    } finally {
      await kubectl(["delete", "namespace", "stranger", "--wait=false"]);
    }
  });

  it("sees in a refresh that a Deployment was deleted by hand, and restores it", async () => {
    await kubectl(["delete", "deployment", "greeter", ...inNamespace]);
    const refresh = await project.pulumi(["refresh", "--yes", "-s", "dev"]);
    assert.equal(refresh.code, 0, refresh.text);
    assert.match(refresh.text, /Deployment.*greeter.*deleted/);
    const restored = await project.pulumi(up);
    assert.equal(restored.code, 0, restored.text);
    assert.match(await greet("Edsger"), /Echo/);
    assert.deepEqual(await inventory(), created);
  });

  it("rolls the pods of an agent whose configuration changed, and no others", async () => {
    const uids = async (name: string) => (await pods(name)).map((pod) => pod.metadata.uid).sort();
    const [greeters, debuggers] = [await uids("greeter"), await uids("debug")];
    project.edit("agents/greeter.yaml", (text) => text.replace(/greeting: .*/, "greeting: Ahoy"));
    const changed = await project.pulumi(up);
    assert.equal(changed.code, 0, changed.text);
    // The new pods are ready; the old ones are still given the time to end.
    await eventually("the end of the old pods", 90, async () => {
      const now = await uids("greeter");
      return now.length > 0 && !now.some((uid) => greeters.includes(uid));
    });
    assert.match(await greet("Barbara"), /Ahoy/);
    assert.deepEqual(await uids("debug"), debuggers);
  });

  it("leaves nothing behind after `destroy`", async () => {
    const destroyed = await project.pulumi(["destroy", "--yes", "--skip-preview", "-s", "dev"]);
    assert.equal(destroyed.code, 0, destroyed.text);
    assert.equal((await kubectl(["get", "namespace", namespace])).code, 1);
    const volumes = await eventually("the volumes' removal", 30, async () => {
      const left = await getObjects("pv");
      return left.length === 0 && "none";
    });
    assert.equal(volumes, "none");
    const state = readFileSync(
      join(project.dir, "state", ".pulumi", "stacks", "mcp-mesh", "dev.json"),
      "utf8",
    );
    assert.equal(JSON.parse(state).checkpoint.latest.resources, undefined);
  });
});

/** The names of the agents that the registry lists, one for each registration. */
async function agentNames(): Promise<string[]> {
  const target = testTarget();
  assert.ok(target);
  return withPortForward(
    target.kubectl,
    { kubeconfig: target.kubeconfig, namespace, service: "registry", port: 8000 },
    async (url) => {
      const answer = (await (await fetch(`${url}/agents`)).json()) as {
        agents: { id: string }[];
      };
      return answer.agents.map((agent) => agent.id).sort();
    },
  );
}
