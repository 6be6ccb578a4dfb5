import assert from "node:assert/strict";
import { addresses, type Deployed } from "#local/setup/deployed";
import { parts } from "#local/setup/open";

const outputs = {
  namespace: "mesh",
  registryUrl: "http://registry.mesh.svc:8000",
  agents: {
    greeter: { url: "http://greeter.mesh.svc:8080/mcp", mode: "mesh", profile: "stateless" },
  },
};
const deployed = (more: object = {}): Deployed => ({
  kubectl: "kubectl",
  kubeconfig: "kc",
  outputs: { ...outputs, ...more },
});

describe("What can be opened of a stack", () => {
  it("is its agents, its registry, and what else it has", () => {
    assert.deepEqual(Object.keys(parts(outputs)), ["greeter", "registry"]);
    const dashboardUrl = "http://dashboard.mesh.svc:8090";
    assert.equal(parts({ ...outputs, dashboardUrl }).dashboard, dashboardUrl);
  });

  it("is said after an `up`: where the dashboard is, and how to read its password", () => {
    const dashboardLogin = { user: "admin", secret: "dashboard-login" };
    const target = deployed({ dashboardUrl: "http://dashboard.mesh.svc:8090", dashboardLogin });
    const text = addresses(target, "http://127.0.0.1:8090");
    assert.match(text, /^The dashboard: http:\/\/127\.0\.0\.1:8090$/m);
    assert.match(text, /log in as admin; the password:\n {2}kubectl .*get secret dashboard-login/);
    assert.match(addresses(target), /^The dashboard: npm run open$/m);
  });

  it("is no dashboard where the stack has none", () => {
    assert.doesNotMatch(addresses(deployed()), /dashboard/i);
  });
});
