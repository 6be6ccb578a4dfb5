import assert from "node:assert/strict";
import { judgeOne } from "#policy/model/judge";
import { fromManifest } from "#policy/model/subject";
import { noRuntimeSockets } from "#policy/rules/pods/no-runtime-sockets";

function found(...paths: unknown[]) {
  const volumes = paths.map((path) => ({ name: "v", hostPath: { path } }));
  const [pod] = fromManifest({ apiVersion: "v1", kind: "Pod", spec: { volumes } });
  assert.ok(pod);
  return judgeOne(noRuntimeSockets, pod, {});
}

describe("a runtime's socket", () => {
  const reached = [
    "/var/run/docker.sock",
    "/run/docker.sock",
    "//run//./docker.sock/",
    "/var/run/../run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
    "/run/dockershim.sock",
    "/run/user/1000/podman/podman.sock",
    "/run/containerd",
    "/run/podman",
    "/run/docker",
    "/run/k3s/containerd/",
    "/run/k0s",
    "/run",
    "/run/",
    "/var/run",
    "/var/snap/microk8s",
    "/var",
    "/",
    "/mnt/elsewhere/docker.sock",
    String.raw`\\.\pipe\docker_engine`,
    String.raw`\\.\pipe\containerd-containerd`,
    "//./pipe/dockershim",
  ];
  for (const path of reached) {
    it(`is reached by ${path}`, () => {
      assert.deepEqual(
        found(path).map((each) => each.path),
        ["spec.volumes[0].hostPath.path"],
      );
    });
  }

  const harmless = [
    "/run/docker.socks",
    "/run/mydocker.sock",
    "/var/runs",
    "/runner",
    "/run/containerd/containerd.sock.d",
    "/srv",
    "/var/log/pods",
    "/var/lib/docker_engine",
  ];
  it("is not seen in other paths of the node, which another rule judges", () => {
    assert.deepEqual(found(...harmless, undefined, null, 7), []);
  });

  it("is not looked for in other volumes", () => {
    const volumes = [null, { name: "v", emptyDir: {} }, { name: "w", hostPath: null }];
    const [pod] = fromManifest({ apiVersion: "v1", kind: "Pod", spec: { volumes } });
    assert.ok(pod);
    assert.deepEqual(judgeOne(noRuntimeSockets, pod, {}), []);
  });

  it("is named with the volume's place in the list", () => {
    const [first] = found("/srv", "/run");
    assert.equal(first?.path, "spec.volumes[1].hostPath.path");
    assert.match(first?.message ?? "", /^is "\/run", which gives .*; remove the volume$/);
  });
});
