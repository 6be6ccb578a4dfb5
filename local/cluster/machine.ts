import { join } from "node:path";
import type { ClusterSpec } from "#local/cluster/spec";

/** A program that runs as long as its machine does. Units start in their order. */
export interface Unit {
  name: string;
  command: string[];
  /** The next unit waits until this answers: `unix:/PATH`, or an https URL. */
  ready?: string;
  ca?: string;
}

/** What `machine` (build/cmd/machine) reads: everything about one machine. */
export interface MachineConfig {
  hostname: string;
  address: string;
  empty: string[];
  binds: Record<string, string>;
  files: Record<string, string>;
  sysctls: Record<string, string>;
  shown: Record<string, string>;
  logs: string;
  units: Unit[];
}

export const SWITCH = "switch";
export const CONTROL_PLANE = "control-plane";

/** A machine that runs nothing yet. */
export function bare(spec: ClusterSpec, hostname: string): MachineConfig {
  return {
    hostname,
    address: "",
    empty: ["/run"],
    binds: {},
    files: {},
    sysctls: {},
    shown: {},
    logs: join(spec.home, "log", hostname),
    units: [],
  };
}

/** `--key=value` for each entry. */
export const flags = (values: Record<string, string | number | boolean>) =>
  Object.entries(values).map(([key, value]) => `--${key}=${value}`);
