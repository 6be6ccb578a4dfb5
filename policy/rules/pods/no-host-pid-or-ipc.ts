import { podRule, violationIf } from "#model/rule";

export const noHostPidOrIpc = podRule({
  id: "P2",
  name: "no-host-pid-or-ipc",
  title: "No pod shares its node's process or IPC namespace.",
  level: "mandatory",
  severity: "high",
  why: "Such a pod sees the node's processes with their environment, and can signal or trace them.",
  fix: "Remove hostPID and hostIPC.",
  admission: () => [
    "!variables.podSpec.?hostPID.orValue(false)",
    "!variables.podSpec.?hostIPC.orValue(false)",
  ],
  pod: ({ spec, path }) =>
    (["hostPID", "hostIPC"] as const).flatMap((field) =>
      violationIf(spec[field] === true, `${path}.${field}`, "is true; remove it"),
    ),
});
