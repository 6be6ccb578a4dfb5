import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import {
  ApiError,
  createClient,
  UnreachableError,
} from "#local/engine/providers/kubernetes/client";
import { loadAccess } from "#local/engine/providers/kubernetes/kubeconfig";

const config = (name: string, cluster: string, user: string, more = "") => `apiVersion: v1
kind: Config
current-context: ${name}
contexts: [{name: ${name}, context: {cluster: ${name}, user: ${name}, namespace: ns-${name}}}]
clusters: [{name: ${name}, cluster: ${cluster}}]
users: [{name: ${name}, user: ${user}}]
${more}`;
const base64 = (value: string) => Buffer.from(value).toString("base64");

describe("kubeconfig", () => {
  let folder = "";
  const write = (path: string, content: string, mode?: number) => {
    writeFileSync(join(folder, path), content, { mode: mode ?? 0o644 });
    return join(folder, path);
  };
  const load = (content: string) => loadAccess({ kubeconfig: content }, {});
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "kubeconfig-"));
    mkdirSync(join(folder, ".kube"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("merges the files of KUBECONFIG, the first to name a thing winning", async () => {
    const one = write("one", config("a", "{server: 'https://one:6443/'}", "{token: t1}"));
    const two = write("two", `${config("a", "{server: 'https://never'}", "{}")}`);
    const three = write("three", config("b", "{server: 'https://two'}", "{token: t2}"));
    const env = { KUBECONFIG: [one, join(folder, "missing"), two, three].join(delimiter) };
    const first = await loadAccess({}, env);
    assert.equal(first.server, "https://one:6443");
    assert.equal(first.namespace, "ns-a");
    const second = await loadAccess({ context: "b" }, env);
    assert.equal(second.server, "https://two");
    assert.equal((await second.credentials(false)).headers.authorization, "Bearer t2");
  });

  it("falls back to the home folder, and says where it looked", async () => {
    await assert.rejects(
      loadAccess({}, { HOME: folder }),
      /no kubeconfig: .*\.kube\/config is not there/,
    );
    write(".kube/config", config("home", "{server: 'https://home'}", "{}"));
    assert.equal((await loadAccess({}, { HOME: folder })).server, "https://home");
  });

  it("reads certificates inline, and from files beside the kubeconfig", async () => {
    write("ca.pem", "CA FILE");
    write("token", "from-file\n");
    const path = write(
      "files",
      config("f", "{server: 'https://f', certificate-authority: ca.pem}", "{tokenFile: token}"),
    );
    const files = await loadAccess({ kubeconfig: path }, {});
    assert.equal(files.ca, "CA FILE");
    assert.equal((await files.credentials(false)).headers.authorization, "Bearer from-file");
    const data = (name: string) => `${name}-data: ${base64(name)}`;
    const inline = await load(
      config(
        "i",
        "{server: 'https://i'}",
        `{${data("client-certificate")}, ${data("client-key")}}`,
      ),
    );
    const { cert, key } = await inline.credentials(false);
    assert.deepEqual([cert, key], ["client-certificate", "client-key"]);
  });

  it("signs in with a plugin, which is asked again when its answer is refused", async () => {
    const count = join(folder, "count");
    const plugin = write(
      "plugin",
      `#!/bin/sh
echo x >> ${count}
echo '{"kind":"ExecCredential","status":{"token":"'$PREFIX$(wc -l < ${count})'"}}'
`,
      0o755,
    );
    const exec = `{exec: {apiVersion: client.authentication.k8s.io/v1, command: ${plugin}, env: [{name: PREFIX, value: t}]}}`;
    const asked = await load(config("e", "{server: 'https://e'}", exec));
    const token = async (fresh: boolean) => (await asked.credentials(fresh)).headers.authorization;
    assert.equal(await token(false), "Bearer t1");
    assert.equal(await token(false), "Bearer t1");
    assert.equal(await token(true), "Bearer t2");
  });

  it("says in a sentence what is missing or not supported", async () => {
    const server = "{server: 'https://x'}";
    const cases: [string, RegExp][] = [
      [
        config("a", server, "{auth-provider: {name: gcp}}"),
        /user a: `auth-provider` is not supported/,
      ],
      [config("a", "{server: 'https://x', proxy-url: 'http://p'}", "{}"), /`proxy-url` is not/],
      [config("a", "{server: x}", "{}"), /cluster a in the kubeconfig has no http\(s\) `server`/],
      ["apiVersion: v1\nkind: Config\ncurrent-context: nope", /has no context named "nope"/],
      ["apiVersion: v1\nkind: Config", /has no current-context/],
    ];
    for (const [content, message] of cases) await assert.rejects(load(content), message);
  });
});

describe("the Kubernetes client", () => {
  const answers: { status: number; body: string; headers?: Record<string, string> }[] = [];
  const seen: string[] = [];
  let server: Server;
  let address = "";
  before(async () => {
    server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const { status, body, headers } = answers.shift() ?? { status: 500, body: "{}" };
      response.writeHead(status, headers).end(body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => {
    seen.length = 0;
    answers.length = 0;
  });
  after(() => server.close());
  const open = async (at = address) =>
    createClient(await loadAccess({ kubeconfig: config("c", `{server: '${at}'}`, "{}") }, {}));

  it("tries again when the server is busy", async () => {
    const client = await open();
    answers.push(
      { status: 429, body: "{}" },
      { status: 503, body: "{}" },
      { status: 200, body: '{"a":1}' },
    );
    assert.deepEqual(await client.request("GET", "/x", { query: { a: "b c" } }), { a: 1 });
    assert.deepEqual(seen, Array(3).fill("GET /x?a=b+c"));
    client.close();
  });

  it("passes on the server's own words and reason", async () => {
    const client = await open();
    const body = JSON.stringify({ message: 'pods "a" not found', reason: "NotFound" });
    answers.push({ status: 404, body });
    await assert.rejects(client.request("GET", "/x"), (error: unknown) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual(
        [error.status, error.reason, error.message],
        [404, "NotFound", 'pods "a" not found'],
      );
      return true;
    });
    client.close();
  });

  it("yields the changes that a watch streams, and tells an expired one", async () => {
    const client = await open();
    const event = (type: string, n: number) => `${JSON.stringify({ type, object: { n } })}\n`;
    answers.push({
      status: 200,
      body: event("ADDED", 1) + event("MODIFIED", 2) + event("ERROR", 3),
    });
    const types: string[] = [];
    await assert.rejects(
      async () => {
        for await (const change of client.watch("/x", {}, new AbortController().signal)) {
          types.push(change.type);
        }
      },
      (error: unknown) => error instanceof ApiError && error.status === 410,
    );
    assert.deepEqual(types, ["ADDED", "MODIFIED"]);
    client.close();
  });

  it("says at once that nobody answers", async () => {
    const client = await open("http://127.0.0.1:1");
    const started = Date.now();
    await assert.rejects(
      client.request("GET", "/version"),
      (error: unknown) =>
        error instanceof UnreachableError &&
        /http:\/\/127\.0\.0\.1:1 can't be reached/.test(error.message),
    );
    assert.ok(Date.now() - started < 2_000);
  });
});
