import assert from "node:assert/strict";
import { following, type Generations } from "#config/rotation";
import { Databases } from "#test/data/support";
import { eventually } from "#test/support/eventually";
import { kubectl, testTarget } from "#test/support/kubectl";
import { Project } from "#test/support/project";

/** A program that has nothing but a database, whose login is at this step. */
const program = (namespace: string, login: Generations) => `
import { Database } from "#components/index";
const amounts = (cpu: string) => ({ cpu, memory: "256Mi", "ephemeral-storage": "64Mi" });
new Database("postgres", {
  namespace: "${namespace}",
  login: ${JSON.stringify(login)},
  protect: true,
  storage: { size: "1Gi" },
  maxConnections: 20,
  resources: { requests: amounts("100m"), limits: amounts("1") },
});
`;

describe("a rotation of the database's login", function () {
  this.timeout(600_000);
  let databases: Databases;
  let project: Project;
  let login: Generations = { current: 1 };

  /** As a client that comes anew each time, with what the login's Secret says. */
  const ask = async (turn: string, statement: string) => {
    const script = `IFS= read -r PGPASSWORD; export PGPASSWORD
      exec psql -XAtq -h 127.0.0.1 -U registry_${turn} -d registry -v ON_ERROR_STOP=1 -c "${statement}"`;
    const exec = ["exec", "-i", "postgres-0", "-c", "postgres", "--", "sh", "-c", script];
    const all = ["--namespace", databases.namespace, ...exec];
    const { code, stdout, stderr } = await kubectl(all, `${await passwordOf(turn)}\n`);
    if (code !== 0) throw new Error(stderr);
    return stdout.trim();
  };
  const passwordOf = async (turn: string) => {
    const secret = [
      "get",
      "secret",
      `postgres-registry-${turn}`,
      "-o",
      "jsonpath={.data.password}",
    ];
    return Buffer.from(await databases.kubectl(...secret), "base64").toString();
  };
  const up = async (to: Generations) => {
    login = to;
    project.edit("index.ts", () => program(databases.namespace, login));
    const { code, text } = await project.pulumi(["up", "--yes", "--skip-preview", "-s", "dev"]);
    assert.equal(code, 0, text);
    // The kubelet looks at a pod's Secrets once a minute, or when the pod changes.
    const look = `look=${login.current}-${login.next ?? login.previous}`;
    await databases.kubectl("annotate", "pod", "postgres-0", "--overwrite", look);
  };
  const accepts = (turn: string) =>
    eventually(
      `registry_${turn} may log in`,
      240,
      async () => (await ask(turn, "SELECT 1")) === "1",
    );

  before(async function () {
    const opened = await Databases.open();
    if (!opened) return this.skip();
    databases = opened;
    await databases.leaveToProgram();
    project = new Project(testTarget()?.kubeconfig ?? "");
    await project.pulumi(["stack", "init", "-s", "dev"]);
    await up(login);
    await accepts("a");
  });
  after(async () => {
    project?.remove();
    await databases?.remove();
  });

  it("lets the login in use in at every step, restarts nobody, and shuts the former one out", async () => {
    const { uid } = (await databases.pod("postgres")).metadata;
    await ask("a", "CREATE TABLE made_by_a (n int)");
    let turn = "a";
    let over = false;
    const answers = { good: 0, bad: [] as string[] };
    const load = (async () => {
      while (!over) {
        await ask(turn, "SELECT 1").then(
          () => answers.good++,
          (error: Error) => answers.bad.push(error.message),
        );
      }
    })();
    try {
      await up(following(login));
      await accepts("b");
      await up(following(login));
      turn = "b";
      await accepts("a");
      await ask("b", "ALTER TABLE made_by_a ADD COLUMN by_b int");
      await up(following(login));
      await eventually("registry_a may no longer log in", 300, async () => {
        const may = "SELECT rolcanlogin FROM pg_roles WHERE rolname = 'registry_a'";
        return (await databases.sql("postgres", may)) === "f";
      });
    } finally {
      over = true;
      await load;
    }
    assert.deepEqual(answers.bad, []);
    console.log(`      ${answers.good} connections during the rotation, none refused`);
    const pod = await databases.pod("postgres");
    assert.equal(pod.metadata.uid, uid, "the server's pod is another one");
  });
});
