/**
 * The shapes that several components take: plain, because they decide what a chart renders. What is
 * left out is as the chart says (charts/<name>/README.md).
 */

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

export interface Image {
  /** The host. */
  registry: string;
  repository: string;
  tag: string;
  /** What runs, whatever becomes of the tag. */
  digest?: string;
}

export interface Peer {
  /** The name of a workload in the same namespace. */
  to: string;
  port: number;
}

/** Pods of another namespace. */
export interface ForeignPods {
  namespace: string;
  labels: Record<string, string>;
}

export interface Address {
  cidr: string;
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

export interface Placement {
  /** Whether replicas must be balanced over zones, or should be where possible. */
  zones: "required" | "preferred";
}

export interface Autoscaling {
  minReplicas: number;
  maxReplicas: number;
  /** Of the requested CPU, on average. */
  cpuPercent?: number;
}

export interface Toleration {
  key?: string;
  operator?: "Exists" | "Equal";
  value?: string;
  effect?: "NoSchedule" | "PreferNoSchedule" | "NoExecute";
  tolerationSeconds?: number;
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  /** True if left out. */
  readOnly?: boolean;
}

/** What pods have beyond the chart's own. */
export interface Pod {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  /** Kubernetes volumes, such as a Secret with a CA. */
  volumes?: Record<string, any>[]; // as the Kubernetes API has them
  volumeMounts?: VolumeMount[];
  nodeSelector?: Record<string, string>;
  tolerations?: Toleration[];
  priorityClassName?: string;
}

export interface ServiceAccount {
  /** One that is there already; else one is made. */
  name?: string;
  annotations?: Record<string, string>;
}

export interface ServiceSettings {
  annotations?: Record<string, string>;
}

/** The same for all parts of a stack. */
export interface Global {
  /** A mirror's host, in place of every image's. */
  imageRegistry?: string;
  imagePullSecrets?: string[];
  /** House labels, on every object and pod. */
  labels?: Record<string, string>;
  /** House annotations, on every object. */
  annotations?: Record<string, string>;
  storageClass?: string;
  ipFamilyPolicy?: "SingleStack" | "PreferDualStack" | "RequireDualStack";
  /** Pods join it, speak mTLS only, and admit those whom the network policies name. */
  serviceMesh?: "none" | "istio" | "linkerd" | "ambient";
  /** How Prometheus finds the pods. */
  monitoring?: "none" | "annotations" | "operator";
  /** The Prometheus of the operator. */
  prometheus?: ForeignPods;
  /** The pods that answer for cluster DNS. */
  dns?: ForeignPods;
}

/** What every workload takes. */
export interface WorkloadArgs {
  /** The namespace, which must be there. */
  namespace: string;
  global?: Global;
  image?: Image;
  /** On every object and pod of this workload. */
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  env?: Record<string, string>;
  pod?: Pod;
  serviceAccount?: ServiceAccount;
  service?: ServiceSettings;
  placement?: Placement;
  resources?: Resources;
  network?: Network;
}

export interface ParentRef {
  /** A Gateway. */
  name: string;
  namespace?: string;
  /** One listener of it; else all that fit. */
  sectionName?: string;
}

/** A route of the Gateway API; name the gateway's pods in `network.gateways`, too. */
export interface Route {
  parentRefs: ParentRef[];
  hostnames: string[];
}

/** An Ingress; name the controller's pods in `network.gateways`, too. */
export interface Ingress {
  className: string;
  /** Whose annotations to write, so that streams get through. */
  controller:
    | "nginx"
    | "ingress-nginx"
    | "haproxy"
    | "haproxy-ingress"
    | "traefik"
    | "contour"
    | "alb"
    | "other";
  host: string;
  /** A Secret with the host's certificate. */
  tlsSecret?: string;
  annotations?: Record<string, string>;
}

/** What every workload takes of which there may be any number of pods. */
export interface ScaledArgs extends WorkloadArgs {
  replicas?: number;
  /** With it, `replicas` counts for nothing. */
  autoscaling?: Autoscaling;
  route?: Route;
  ingress?: Ingress;
}
