import assert from "node:assert/strict";
import type { ObjectRule } from "#policy/model/rule";
import { apparmorProfile } from "#policy/rules/pods/apparmor-profile";
import { defaultProcMount } from "#policy/rules/pods/default-proc-mount";
import { dropAllCapabilities } from "#policy/rules/pods/drop-all-capabilities";
import { noHostPathVolumes } from "#policy/rules/pods/no-host-path-volumes";
import { noHostPorts } from "#policy/rules/pods/no-host-ports";
import { noProbeHosts } from "#policy/rules/pods/no-probe-hosts";
import { violations } from "./support/objects.ts";
import { one, pathsInPod } from "./support/pods.ts";

describe("the edges of the pod rules", () => {
  it("let a container add NET_BIND_SERVICE and nothing else", () => {
    const adds = (...add: string[]) =>
      one({ securityContext: { capabilities: { drop: ["ALL"], add } } });
    assert.deepEqual(pathsInPod(dropAllCapabilities, "Pod", adds("NET_BIND_SERVICE")), []);
    assert.deepEqual(pathsInPod(dropAllCapabilities, "Pod", adds("NET_BIND_SERVICE", "CHOWN")), [
      "spec.containers[0].securityContext.capabilities.add[1]",
    ]);
  });

  it("let AppArmor annotations name the runtime's profile, a local one, or none", () => {
    const found = (profile: string) => {
      const annotations = { "container.apparmor.security.beta.kubernetes.io/c": profile };
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "w", annotations } };
      return apparmorProfile.id in violations({ ...pod, spec: one({}) });
    };
    for (const profile of ["", "runtime/default", "localhost/own"]) {
      assert.equal(found(profile), false, profile);
    }
    for (const profile of ["unconfined", "own/localhost/"]) {
      assert.equal(found(profile), true, profile);
    }
  });

  it("let a procMount go unmasked in a user namespace under the baseline profile alone", () => {
    const mounts = (hostUsers: boolean) => ({
      hostUsers,
      ...one({ securityContext: { procMount: "Unmasked" } }),
    });
    const path = ["spec.containers[0].securityContext.procMount"];
    const cases = [
      ["baseline", false, []],
      ["baseline", true, path],
      ["restricted", false, path],
    ] as const;
    for (const [profile, hostUsers, expected] of cases) {
      const found = pathsInPod(defaultProcMount, "Pod", mounts(hostUsers), { profile });
      assert.deepEqual(found, expected, `${profile}, hostUsers ${hostUsers}`);
    }
  });

  it("look at each kind of probe and hook for a host", () => {
    const probe = { httpGet: { port: 1, host: "example.org" } };
    for (const field of ["livenessProbe", "readinessProbe", "startupProbe"]) {
      const expected = [`spec.containers[0].${field}.httpGet.host`];
      assert.deepEqual(pathsInPod(noProbeHosts, "Pod", one({ [field]: probe })), expected);
    }
    for (const hook of ["postStart", "preStop"]) {
      const expected = [`spec.containers[0].lifecycle.${hook}.httpGet.host`];
      const container = one({ lifecycle: { [hook]: probe } });
      assert.deepEqual(pathsInPod(noProbeHosts, "Pod", container), expected);
    }
  });

  it("pass over what stands empty in a list", () => {
    const cases: [ObjectRule, object][] = [
      [noHostPathVolumes, { ...one({}), volumes: [null] }],
      [noHostPorts, one({ ports: [null] })],
    ];
    for (const [rule, spec] of cases) assert.deepEqual(pathsInPod(rule, "Pod", spec), [], rule.id);
  });
});
