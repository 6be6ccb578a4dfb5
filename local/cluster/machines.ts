import { controlPlane } from "#local/cluster/control-plane";
import { bare, type MachineConfig, SWITCH } from "#local/cluster/machine";
import { nodeMachine } from "#local/cluster/node";
import { type ClusterSpec, nodes } from "#local/cluster/spec";

/** Every machine of a cluster: the switch that joins them, the control plane, and the nodes. */
export function machines(spec: ClusterSpec, binaries: string): MachineConfig[] {
  return [
    networkSwitch(spec),
    controlPlane(spec, binaries),
    ...nodes(spec).map((node) => nodeMachine(spec, node, binaries)),
  ];
}

function networkSwitch(spec: ClusterSpec): MachineConfig {
  // Frames between machines pass no firewall on their way.
  return { ...bare(spec, SWITCH), sysctls: { "net/bridge/bridge-nf-call-iptables": "0" } };
}
