import assert from "node:assert/strict";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";
import { getObjects, testTarget } from "#test/support/kubectl";
import { Project } from "#test/support/project";

/** A program that has nothing but a protected database, in a namespace that is there. */
const program = (namespace: string) => `import { Database } from "#components/index";
const amounts = (cpu: string) => ({ cpu, memory: "256Mi", "ephemeral-storage": "64Mi" });
export const { connection } = new Database("postgres", {
  namespace: "${namespace}",
  protect: true,
  storage: { size: "1Gi" },
  backup: { size: "1Gi" },
  maxConnections: 20,
  resources: { requests: amounts("100m"), limits: amounts("1") },
});
`;

const FILE = "/etc/mcp-mesh/logins/registry_a";
/** The registry's login is made anew whenever there is none. */
const LOGIN = "Secret/postgres-registry-a";
const PASSWORD = "jsonpath={.data.password}";

describe("a protected database", function () {
  this.timeout(360_000);
  let databases: Databases;
  let project: Project;
  let password = "";
  const pulumi = (...args: string[]) => project.pulumi([...args, "-s", "dev"]);
  const there = async () =>
    (await getObjects("-n", databases.namespace, "statefulsets,pvc,secrets"))
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
      .filter((name) => !name.endsWith("/passphrase"))
      .toSorted();
  const kept = [
    "PersistentVolumeClaim/data-postgres-0",
    "PersistentVolumeClaim/postgres-backup",
    "Secret/postgres-registry",
    "Secret/postgres-replication",
    "Secret/postgres-superuser",
    "StatefulSet/postgres",
  ];

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.leaveToProgram();
    project = new Project(testTarget()?.kubeconfig ?? "");
    project.edit("index.ts", () => program(databases.namespace));
    await pulumi("stack", "init");
    const { code, text } = await pulumi("up", "--yes", "--skip-preview");
    assert.equal(code, 0, text);
    password = await databases.kubectl("get", "secret", "postgres-registry-a", "-o", PASSWORD);
  });
  after(async () => {
    project?.remove();
    await databases?.remove();
  });

  it("is not destroyed, and the refusal says why and how to do it nevertheless", async () => {
    const { code, text } = await pulumi("destroy", "--yes", "--skip-preview");
    assert.notEqual(code, 0);
    assert.match(text, /protect/);
    assert.match(text, /state unprotect/);
    assert.deepEqual(await there(), [...kept, LOGIN, "Secret/postgres-tls"].toSorted());
  });

  it("stays in the cluster even when it was unprotected", async () => {
    const rows = await databases.sql("postgres", "CREATE TABLE kept (n int)");
    assert.equal(rows, "CREATE TABLE");
    const { code, text } = await pulumi("destroy", "--yes", "--skip-preview", "--ignore-protect");
    assert.equal(code, 0, text);
    assert.deepEqual(await there(), kept);
  });

  it("is taken up again by the next up, whose new passwords its logins then have", async () => {
    const { code, text } = await pulumi("up", "--yes", "--skip-preview");
    assert.equal(code, 0, text);
    const script = `PGPASSWORD="$(cat ${FILE})" psql -XAt \\
      -h 127.0.0.1 -U registry_a -d registry -c "SELECT 'in'"`;
    const ask = ["exec", "postgres-0", "-c", "logins", "--", "sh", "-c", script];
    const changed = await databases.kubectl("get", "secret", "postgres-registry-a", "-o", PASSWORD);
    assert.notEqual(changed, password);
    // The kubelet looks at a pod's Secrets once a minute, or when the pod changes.
    await databases.kubectl("annotate", "pod", "postgres-0", "look=again");
    await eventually("the pod sees the new password, and it is right", 150, async () => {
      const seen = await databases.kubectl(...ask.slice(0, 5), "cat", FILE);
      return seen === Buffer.from(changed, "base64").toString() && databases.kubectl(...ask);
    });
    assert.equal(await databases.sql("postgres", "SELECT count(*) FROM kept"), "0");
  });
});
