import assert from "node:assert/strict";
import { Dashboard } from "#components/dashboard";
import { recommendedLabels } from "#components/internal/house";
import { resolveStack } from "#config/stack";
import { one, registered } from "#test/support/mocks";
import { stackSources } from "#test/support/stack-sources";

const CHART = "kubernetes:helm.sh/v4:Chart";
const PASSWORD = "random:index/randomPassword:RandomPassword";
const SECRET = "kubernetes:core/v1:Secret";
const make = (args: object) =>
  registered(() => {
    new Dashboard("page", { namespace: "mesh", ...args });
  });
type Made = Awaited<ReturnType<typeof make>>;
const authOf = (made: Made) =>
  (one(made, CHART, "page").inputs as { values: { auth: unknown } }).values.auth;
const secretsOf = (made: Made) =>
  made
    .filter(({ type }) => type === SECRET)
    .map(({ name }) => name)
    .toSorted();

describe("Dashboard", () => {
  it("generates the local user's password and the sessions' key, and tells its chart where they are", async () => {
    const made = await make({ global: { labels: { team: "mesh" } } });
    for (const name of ["page-login", "page-session-1"]) one(made, PASSWORD, name);
    const login = one(made, SECRET, "page-login").inputs as Record<string, object>;
    const keysIn = (secret: Record<string, object>) =>
      Object.keys((secret.stringData as { value: object }).value).toSorted();
    assert.deepEqual(login.metadata, {
      name: "page-login",
      namespace: "mesh",
      labels: { team: "mesh", ...recommendedLabels("page-login", "dashboard") },
    });
    assert.deepEqual(keysIn(login), ["password", "username"]);
    const session = one(made, SECRET, "page-session").inputs as Record<string, object>;
    assert.deepEqual(keysIn(session), ["keys"]);
    assert.deepEqual(authOf(made), {
      local: { existingSecret: "page-login" },
      session: { existingSecret: "page-session" },
    });
  });

  it("makes no Secret that somebody else keeps, or that nobody needs", async () => {
    const others = await make({
      auth: { local: { existingSecret: "mine" }, session: { existingSecret: "ours" } },
    });
    assert.deepEqual(secretsOf(others), []);
    const oidc = { issuer: "https://id.example", clientId: "mesh", existingSecret: "client" };
    const signOn = await make({ auth: { local: { enabled: false }, oidc } });
    assert.deepEqual(secretsOf(signOn), ["page-session"]);
    const open = await make({
      auth: { local: { enabled: false }, open: { reason: "The gateway asks." } },
    });
    assert.deepEqual(secretsOf(open), []);
  });
});

describe("A stack's dashboard", () => {
  const plan = (more: Record<string, unknown>) => {
    const head = "  mcp-mesh:dashboard:\n";
    const lines = Object.entries(more).map(
      ([key, value]) => `    ${key}: ${JSON.stringify(value)}\n`,
    );
    const edit = (text: string) => text.replace(head, head + lines.join(""));
    return resolveStack(stackSources("dev", lines.length > 0 ? { "Pulumi.dev.yaml": edit } : {}));
  };
  const oidc = {
    ...{ issuer: "https://id.example", clientId: "mesh", existingSecret: "client" },
    allowedGroups: ["operators"],
  };

  it("is logged in to by the local user, whose password the last steps say how to read", () => {
    const { outputs, dashboard } = plan({});
    assert.equal(dashboard?.auth.local.existingSecret, "dashboard-login");
    assert.ok(outputs.nextSteps.some((step) => /get secret dashboard-login .*password/.test(step)));
  });

  it("lets single sign-on out to its provider, and back to where the page is", () => {
    const outside = [{ cidr: "203.0.113.7/32", port: 443 }];
    const publicUrl = "https://mesh.example.com";
    const { dashboard } = plan({ auth: { oidc }, outside, publicUrl });
    assert.deepEqual(dashboard?.network.outside, outside);
    assert.throws(() => plan({ auth: { oidc }, publicUrl }), /outside: .*could not be reached/);
    assert.throws(() => plan({ auth: { oidc }, outside }), /publicUrl: .*sends people back/);
  });

  it("is open to everybody or to nobody only with a word why", () => {
    const off = { enabled: false };
    assert.throws(
      () => plan({ auth: { local: off } }),
      /auth.local.enabled: .*nobody could log in/,
    );
    const open = { reason: "The gateway's own login is before it." };
    assert.throws(() => plan({ auth: { open } }), /auth.open: .*lets everybody in/);
    assert.equal(plan({ auth: { local: off, open } }).outputs.dashboardLogin, undefined);
    const anyone = { ...oidc, allowedGroups: [] };
    assert.throws(() => plan({ auth: { oidc: anyone } }), /allowedGroups: .*nobody could log in/);
  });

  it("asks the stack's own Prometheus, and links to the Grafana that the stack names", () => {
    const { dashboard } = plan({ links: { logs: "https://logs.example.com/{service}" } });
    assert.match(dashboard?.prometheus.url ?? "", /^http:\/\/observability-prometheus\..*:9090$/);
    assert.ok(dashboard?.network.egress.some(({ to }) => to === "observability-prometheus"));
    assert.equal(dashboard?.links.logs, "https://logs.example.com/{service}");
  });
});
