/** The shapes that several components take: plain, because they decide what a chart renders. */

export interface Amounts {
  cpu: string;
  memory: string;
  "ephemeral-storage": string;
}

export interface Resources {
  /** What the scheduler sets aside. */
  requests: Amounts;
  /** The most that may be used. */
  limits: Amounts;
}

export interface Peer {
  /** The name of a workload in the same namespace. */
  to: string;
  port: number;
}

export interface Network {
  /** The workloads of the namespace that may call this one. */
  ingress: string[];
  /** The workloads of the namespace that this one may call. */
  egress: Peer[];
}

export interface Placement {
  /** Whether replicas must be balanced over zones, or should be where possible. */
  zones: "required" | "preferred";
}
