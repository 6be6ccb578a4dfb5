import { posix } from "node:path";
import { cel, matchesPattern } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

const names = /^(docker|containerd|crio|cri-dockerd|dockershim|podman)\.sock$/;
const sockets = [
  "/run/docker.sock",
  "/run/containerd/containerd.sock",
  "/run/docker/containerd/containerd.sock",
  "/run/crio/crio.sock",
  "/run/podman/podman.sock",
  "/run/k3s/containerd/containerd.sock",
  "/run/k0s/containerd.sock",
  "/var/snap/microk8s/common/run/containerd.sock",
];
const pipes = /[\\/]pipe[\\/](docker_|containerd|dockershim|cri-)/i;

export const noRuntimeSockets = podRule({
  id: "P6",
  name: "no-runtime-sockets",
  title: "No pod mounts the socket of the node's container runtime, nor a folder that holds it.",
  level: "mandatory",
  severity: "critical",
  why: "Who can speak to the runtime starts privileged containers past every policy: it owns the node.",
  fix: "Remove the volume; build images with a rootless builder, and read pods through the API server.",
  admission: () => ({
    variables: {
      // The API server takes no path with "..".
      hostPaths: `variables.volumes.filter(v, has(v.hostPath)).map(v,
        "/" + v.hostPath.path.split("/").filter(s, !(s in ["", "."])).join("/")).map(p,
        p == "/var/run" || p.startsWith("/var/run/") ? p.substring(4) : p)`,
    },
    validations: [
      `variables.hostPaths.all(p, !(${matchesPattern("p", new RegExp(`/${names.source.slice(1)}`))}))`,
      `variables.hostPaths.all(p, !${cel(sockets)}.exists(s, s == p || s.startsWith(p == "/" ? p : p + "/")))`,
      `variables.volumes.all(v, !v.?hostPath.?path.orValue("").matches(${cel(`(?i)${pipes.source}`)}))`,
    ],
  }),
  pod: ({ spec, path }) =>
    list(spec.volumes).flatMap((volume, index) => {
      const host = volume?.hostPath as { path?: unknown } | undefined;
      if (typeof host?.path !== "string") return [];
      const message = `is ${show(host.path)}, which gives the pod the node's container runtime; remove the volume`;
      return violationIf(reaches(host.path), `${path}.volumes[${index}].hostPath.path`, message);
    }),
});

/** Whether a path of the node is a runtime's socket or a folder above one. */
function reaches(path: string): boolean {
  if (pipes.test(path)) return true;
  // /var/run is a link to /run on every current distribution.
  const real = posix.join("/", path, ".").replace(/^\/var\/run(?=\/|$)/, "/run");
  const folder = real.replace(/\/*$/, "/");
  return names.test(posix.basename(real)) || sockets.some((socket) => socket.startsWith(folder));
}
