import type {
  IngressController,
  IpFamilyPolicy,
  Monitoring,
  ScalingSignal,
  ServiceMesh,
  TaintEffect,
  TolerationOperator,
  ZoneSpread,
} from "#components/internal/words";

/**
 * The shapes that several components take: plain, because they decide what a chart renders. What is
 * left out is as the chart says (charts/<name>/README.md).
 */

export interface Resources {
  /** What the scheduler sets aside of `cpu`, `memory` and `ephemeral-storage`. */
  requests: Record<string, string>;
  /** The most that may be used of each. */
  limits: Record<string, string>;
}

export interface Image {
  /** The host. */
  registry: string;
  /** The path on that host. */
  repository: string;
  /** A version; `latest` is refused. */
  tag: string;
  /** What runs, whatever becomes of the tag. */
  digest?: string;
}

export interface Peer {
  /** The name of a workload in the same namespace. */
  to: string;
  /** The port that its pods listen on. */
  port: number;
}

/** Pods of another namespace. */
export interface ForeignPods {
  /** Where they are. */
  namespace: string;
  /** What they are known by. */
  labels: Record<string, string>;
}

export interface Address {
  /** Such as 203.0.113.0/24. */
  cidr: string;
  /** Of TCP. */
  port: number;
}

export interface Network {
  /** The workloads of the namespace that may call this one. */
  ingress?: string[];
  /** The workloads of the namespace that this one may call. */
  egress?: Peer[];
  /** The gateways that may bring it traffic. */
  gateways?: ForeignPods[];
  /** Addresses beyond the cluster that it may call. */
  outside?: Address[];
}

export interface ApiServer {
  /** The API server's own addresses, behind the Service kubernetes.default. */
  cidrs: string[];
  /** Its port there. */
  port: number;
}

export interface Placement {
  /** Whether replicas must be balanced over zones, or should be where possible. */
  zones: ZoneSpread;
}

export interface Autoscaling {
  /** Also what there is at first. */
  minReplicas: number;
  /** The most that there may be. */
  maxReplicas: number;
  /** Of the requested CPU, on average. */
  cpuPercent?: number;
  /** How long the load must have been lower before a pod is taken away; 300 if absent. */
  quietSeconds?: number;
}

/** For what measures its own load, too. */
export interface SignalScaling extends Autoscaling {
  /** CPU alone if absent. */
  signal?: ScalingSignal;
  /** How much of the signal a pod should have; needed with any signal but CPU. */
  target?: number;
  /** Where KEDA finds Prometheus; needed with KEDA. */
  prometheusUrl?: string;
  /** With KEDA: the least while Prometheus does not answer; minReplicas if absent. */
  fallbackReplicas?: number;
}

export interface Toleration {
  /** The taint's; every taint's if absent. */
  key?: string;
  /** Equal if absent. */
  operator?: TolerationOperator;
  /** The taint's, where the operator is Equal. */
  value?: string;
  /** The taint's; every effect if absent. */
  effect?: TaintEffect;
  /** How long pods put up with NoExecute; for ever if absent. */
  tolerationSeconds?: number;
}

export interface VolumeMount {
  /** The volume's. */
  name: string;
  /** Where the container finds it. */
  mountPath: string;
  /** True if left out. */
  readOnly?: boolean;
}

/** What pods have beyond the chart's own. */
export interface Pod {
  /** Of the pods alone. */
  labels?: Record<string, string>;
  /** Of the pods alone. */
  annotations?: Record<string, string>;
  /** Kubernetes volumes, such as a Secret with a CA. */
  volumes?: Record<string, any>[]; // as the Kubernetes API has them
  /** Where the container has them. */
  volumeMounts?: VolumeMount[];
  /** Labels that a node must have. */
  nodeSelector?: Record<string, string>;
  /** Taints that the pods put up with. */
  tolerations?: Toleration[];
  /** A PriorityClass; the default one if absent. */
  priorityClassName?: string;
}

export interface ServiceAccount {
  /** One that is there already; else one is made. */
  name?: string;
  /** Such as those that give it a cloud identity. */
  annotations?: Record<string, string>;
}

export interface ServiceSettings {
  /** On the Service. */
  annotations?: Record<string, string>;
}

/** The same for all parts of a stack. */
export interface Global {
  /** A mirror's host, in place of every image's. */
  imageRegistry?: string;
  /** Names of Secrets. */
  imagePullSecrets?: string[];
  /** House labels, on every object and pod. */
  labels?: Record<string, string>;
  /** House annotations, on every object. */
  annotations?: Record<string, string>;
  /** Of every volume; the cluster's default if absent. */
  storageClass?: string;
  /** Of every Service. */
  ipFamilyPolicy?: IpFamilyPolicy;
  /** Pods join it, speak mTLS only, and admit those whom the network policies name. */
  serviceMesh?: ServiceMesh;
  /** How Prometheus finds the pods. */
  monitoring?: Monitoring;
  /** The Prometheus of the operator. */
  prometheus?: ForeignPods;
  /** The pods that answer for cluster DNS. */
  dns?: ForeignPods;
}

/** What every workload takes. */
export interface WorkloadArgs {
  /** The namespace, which must be there. */
  namespace: string;
  /** The same for all parts of a stack. */
  global?: Global;
  /** The chart's own if absent. */
  image?: Image;
  /** On every object and pod of this workload. */
  labels?: Record<string, string>;
  /** On every object of this workload. */
  annotations?: Record<string, string>;
  /** More environment variables; for secrets, mount a file. */
  env?: Record<string, string>;
  /** What pods have beyond the chart's own. */
  pod?: Pod;
  /** The pods' account, which can do nothing. */
  serviceAccount?: ServiceAccount;
  /** The workload's Service. */
  service?: ServiceSettings;
  /** How replicas are spread; on different nodes in any case. */
  placement?: Placement;
  /** What a pod gets. */
  resources?: Resources;
  /** What the network policy opens; nothing else passes. */
  network?: Network;
}

export interface ParentRef {
  /** A Gateway. */
  name: string;
  /** Where the Gateway is; the workload's own if absent. */
  namespace?: string;
  /** One listener of it; else all that fit. */
  sectionName?: string;
}

/** A route of the Gateway API; name the gateway's pods in `network.gateways`, too. */
export interface Route {
  /** The Gateways that it hangs on. */
  parentRefs: ParentRef[];
  /** The hosts that lead to this workload. */
  hostnames: string[];
}

/** An Ingress; name the controller's pods in `network.gateways`, too. */
export interface Ingress {
  /** The IngressClass. */
  className: string;
  /** Whose annotations to write, so that streams get through. */
  controller: IngressController;
  /** The host that leads to this workload. */
  host: string;
  /** A Secret with the host's certificate. */
  tlsSecret?: string;
  /** More of them; they go before those that the controller would get. */
  annotations?: Record<string, string>;
}

/** What every workload takes of which there may be any number of pods. */
export interface ScaledArgs extends WorkloadArgs {
  /** How many pods. */
  replicas?: number;
  /** With it, `replicas` counts for nothing. */
  autoscaling?: Autoscaling;
  /** Leads to it from outside the cluster, through a Gateway. */
  route?: Route;
  /** Leads to it from outside the cluster, where there is no Gateway. */
  ingress?: Ingress;
}
