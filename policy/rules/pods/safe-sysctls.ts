import { cel } from "#model/admission";
import { list } from "#model/kubernetes";
import { podRule, show, violationIf } from "#model/rule";

const safe = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ping_group_range",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_notsent_lowat",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_slow_start_after_idle",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.tcp_wmem",
]);

export const safeSysctls = podRule({
  id: "P9",
  name: "safe-sysctls",
  title: "Pods set only kernel parameters that stay inside the pod.",
  level: "mandatory",
  severity: "medium",
  why: "Other parameters change the node for every pod on it.",
  fix: "Remove the sysctl, or set it on the node.",
  admission: () => [
    `variables.podSecurity.?sysctls.orValue([]).all(s, s.name in ${cel([...safe])})`,
  ],
  pod: ({ spec, path }) =>
    list(spec.securityContext?.sysctls).flatMap((sysctl, index) =>
      violationIf(
        !safe.has(sysctl?.name ?? ""),
        `${path}.securityContext.sysctls[${index}].name`,
        `is ${show(sysctl?.name)}, which is not one of the safe sysctls; remove it`,
      ),
    ),
});
