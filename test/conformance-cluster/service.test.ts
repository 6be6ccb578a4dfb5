import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "#local/setup/environment";
import { hello } from "#test/conformance/support/alive";
import { examine, type Verdict } from "#test/conformance/support/examine";
import { type Exam, legacy, modern, needSessions } from "#test/conformance/support/exams";
import { passesAll } from "#test/conformance/support/passes-all";
import { type Pipe, pipeTo } from "#test/conformance/support/pipe";
import { Deployed } from "#test/conformance-cluster/deployed";
import { testTarget } from "#test/support/kubectl";

/** A subscription hears of changes in its own replica; the revision says SHOULD. */
const perReplica = [
  "sep-2575-server-sends-prompts-list-changed-on-subscription",
  "sep-2575-server-sends-tools-list-changed-on-subscription",
];
/** The suite asks it of addresses such as 127.0.0.1 alone; there it is asked, too. */
const local = { "dns-rebinding-protection": "the Service's name is no local address" };

describe("the official conformance suite, through the agent's Service", function () {
  this.timeout(400_000);
  const agent = new Deployed();
  const pipes: Pipe[] = [];
  let opened = false;

  before(async function () {
    if (!testTarget() || !existsSync(join(projectRoot, "images.lock.json"))) {
      console.log("      skipped: TEST_KUBECONFIG and TEST_KUBECTL name no cluster");
      return this.skip();
    }
    opened = true;
    await agent.open();
  });
  after(async () => {
    for (const pipe of pipes) pipe.close();
    if (opened) await agent.close();
  });

  /** Examines the Service as if it were local, where every scenario is asked. */
  async function asLocal(exam: Exam): Promise<Verdict> {
    const pipe = await pipeTo(agent.address, 8080);
    pipes.push(pipe);
    return examine(exam, `http://127.0.0.1:${pipe.port}/mcp`);
  }

  /** Exam after exam while all pods are replaced, until that has happened twice. */
  async function whileRolling(...asked: Exam[]): Promise<void> {
    const verdicts: Verdict[] = [];
    await agent.rolling(async (rolls) => {
      do {
        for (const exam of asked) verdicts.push(await asLocal(exam));
      } while (rolls() < 2);
    });
    assert.deepEqual(
      verdicts.flatMap(({ faults }) => faults),
      [],
    );
  }

  describe("with two replicas of a stateless agent", () => {
    before(() => agent.deploy("stateless"));

    it("passes 2026-07-28", async () => {
      const { faults, warnings } = await asLocal(modern);
      assert.deepEqual(faults, []);
      assert.deepEqual(
        warnings.filter((id) => !perReplica.includes(id)),
        [],
      );
    });

    it("passes of 2025-11-25 what needs no session, by the Service's name", async () => {
      const options = { address: agent.address, expected: { ...needSessions, ...local } };
      assert.deepEqual((await examine(legacy, agent.url, options)).faults, []);
    });

    it("answers to the Service's names, and to no other", async () => {
      const url = `http://${agent.address}:8080/mcp`;
      for (const name of [agent.host, `${agent.host}.cluster.local`]) {
        assert.equal(await hello(url, `${name}:8080`), 200, name);
      }
      assert.equal(await hello(url, "evil.example.com"), 403);
      assert.equal(await hello(url, `${agent.address}:8080`), 403);
    });

    it("passes 2026-07-28 while all pods are replaced", () => whileRolling(modern));
  });

  describe("through the session relay of a sessionful agent", () => {
    passesAll(() => agent.deploy("sessionful"), asLocal);

    it("passes 2026-07-28 by the Service's name", async () => {
      const options = { address: agent.address, expected: local };
      assert.deepEqual((await examine(modern, agent.url, options)).faults, []);
    });

    it("passes 2025-11-25 and 2026-07-28 while the pod is replaced", () =>
      whileRolling(legacy, modern));
  });
});
