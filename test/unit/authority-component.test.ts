import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import { Database } from "#components/database";
import type { Generations } from "#components/internal/generations";
import { keepData } from "#components/internal/protect";
import { createTlsProvider } from "#local/engine/providers/tls";
import { type Props, reveal, type Value } from "#local/engine/value";

interface Step {
  /** By type and name: what is in state. */
  made: Map<string, Props>;
  /** The server's Secret. */
  secret: Record<"tls.crt" | "tls.key" | "ca.crt", string>;
}

/** Runs the component as the engine would, and keeps from step to step what stays in state. */
class Rotation {
  #state = new Map<string, { id: string; state: Props }>();
  readonly #tls = createTlsProvider();

  async step(authority: Generations): Promise<Step> {
    const made = new Map<string, Props>();
    const seen = new Map<string, { id: string; state: Props }>();
    await pulumi.runtime.setMocks({
      newResource: async ({ type, name, inputs }) => {
        const key = `${type.split(":").at(-1)} ${name}`;
        const known = this.#state.get(key);
        const result = known ?? (await this.#create(type, name, inputs));
        seen.set(key, result);
        made.set(key, inputs);
        return result;
      },
      call: () => ({}),
    });
    await pulumi.runtime.runInPulumiStack(async () => {
      new Database("db", { namespace: "mesh", authority });
    });
    await pulumi.runtime.disconnect();
    this.#state = new Map([...seen].filter(([key]) => !key.startsWith("Secret ")));
    const secret = made.get("Secret db-tls") as { stringData: unknown } | undefined;
    return { made, secret: plain(secret?.stringData) as Step["secret"] };
  }

  async #create(type: string, name: string, inputs: Props) {
    if (!type.startsWith("tls:")) return { id: name, state: { ...inputs, result: "generated" } };
    const { signal } = new AbortController();
    const operation = { urn: name, name, type, status: () => {}, signal };
    const bare = plain(inputs) as Props;
    const { id, outputs } = await this.#tls.create({ ...operation, inputs: bare, preview: false });
    return { id, state: reveal(outputs) as Props };
  }
}

/** Without the marks of secrets that mocks leave in nested values. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const one = value as Record<string, Value>;
  if ("4dabf18193072939515e22adb298388d" in one && "value" in one) return plain(one.value);
  return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, plain(inner)]));
}

const certificates = (pem: string) =>
  (pem.match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g) ?? []).map(
    (one) => new X509Certificate(one),
  );
/** Whether one of the authorities that a client has accepts what the server shows. */
const accepts = (client: Step, server: Step) => {
  const shown = new X509Certificate(server.secret["tls.crt"]);
  return certificates(client.secret["ca.crt"]).some(
    (authority) =>
      authority.ca && shown.checkIssued(authority) && shown.verify(authority.publicKey),
  );
};
const STEPS: Generations[] = [
  { current: 1 },
  { current: 1, next: 2 },
  { current: 2, previous: 1 },
  { current: 2 },
];

describe("the certificate of a database's server", () => {
  const steps: Step[] = [];
  before(async () => {
    const rotation = new Rotation();
    for (const generations of STEPS) steps.push(await rotation.step(generations));
  });

  it("is for every name that the server is reached by", () => {
    const certificate = new X509Certificate(steps[0]!.secret["tls.crt"]);
    const hosts = ["db", "db-rw", "db-ro", "db-0.db", "db-standby-3.db-standby"];
    for (const domain of ["", ".mesh", ".mesh.svc"]) {
      for (const host of hosts) {
        assert.match(
          certificate.subjectAltName ?? "",
          new RegExp(`DNS:${host.replace(/^db-.*\d\./, "\\*.")}${domain}(,|$)`),
          `${host}${domain}`,
        );
      }
    }
    assert.equal(certificate.checkHost("db.other.svc"), undefined);
  });

  it("is accepted by every client one step behind or ahead, at each step of a rotation", () => {
    for (const [index, server] of steps.entries()) {
      for (const client of steps.slice(Math.max(0, index - 1), index + 2)) {
        assert.equal(accepts(client, server), true, `step ${index}`);
      }
    }
  });

  it("is another authority's in the end, which the first's clients would not accept", () => {
    const [first, , , last] = steps;
    assert.equal(accepts(first!, last!), false);
    assert.equal(certificates(last!.secret["ca.crt"]).length, 1);
  });

  it("may be replaced in a protected database, too, as each step does", async () => {
    const args = { custom: true, type: "kubernetes:core/v1:Secret", name: "db-tls", opts: {} };
    const props = plain(steps[0]!.made.get("Secret db-tls")) as Props;
    assert.equal(await keepData({ ...args, props }), undefined);
  });

  it("has a key and an authority of its own for each generation, that no step makes anew", () => {
    const of = (step: Step) =>
      [...step.made.keys()].filter((key) => key.startsWith("SelfSignedCert"));
    const [one, two] = [1, 2].map((n) => `SelfSignedCert db-authority-${n}`);
    assert.deepEqual(steps.map(of), [[one], [one, two], [two, one], [two]]);
    assert.equal(steps[0]?.secret["tls.crt"], steps[1]?.secret["tls.crt"]);
    assert.equal(steps[2]?.secret["tls.crt"], steps[3]?.secret["tls.crt"]);
    assert.notEqual(steps[1]?.secret["tls.key"], steps[2]?.secret["tls.key"]);
  });
});
