/**
 * The inputs that take one of a few words. Each is an object and a type of the same name, because
 * that is how the package's schema learns the words, and other languages an enumeration.
 */

export const Mode = {
  /** As its author made it. */
  Vanilla: "vanilla",
  /** Joined to the mesh by the runtime. */
  Mesh: "mesh",
} as const;
export type Mode = (typeof Mode)[keyof typeof Mode];

export const Profile = {
  /** Any replica can answer any request. */
  Stateless: "stateless",
  /** Clients have sessions with one replica. */
  Sessionful: "sessionful",
} as const;
export type Profile = (typeof Profile)[keyof typeof Profile];

export const LogLevel = {
  Debug: "debug",
  Info: "info",
  Warn: "warn",
  Error: "error",
} as const;
export type LogLevel = (typeof LogLevel)[keyof typeof LogLevel];

export const ZoneSpread = {
  /** A pod that would upset the balance stays pending. */
  Required: "required",
  /** Balanced where possible. */
  Preferred: "preferred",
} as const;
export type ZoneSpread = (typeof ZoneSpread)[keyof typeof ZoneSpread];

export const TolerationOperator = { Exists: "Exists", Equal: "Equal" } as const;
export type TolerationOperator = (typeof TolerationOperator)[keyof typeof TolerationOperator];

export const TaintEffect = {
  NoSchedule: "NoSchedule",
  PreferNoSchedule: "PreferNoSchedule",
  NoExecute: "NoExecute",
} as const;
export type TaintEffect = (typeof TaintEffect)[keyof typeof TaintEffect];

export const IpFamilyPolicy = {
  SingleStack: "SingleStack",
  PreferDualStack: "PreferDualStack",
  RequireDualStack: "RequireDualStack",
} as const;
export type IpFamilyPolicy = (typeof IpFamilyPolicy)[keyof typeof IpFamilyPolicy];

export const ServiceMesh = {
  None: "none",
  Istio: "istio",
  Linkerd: "linkerd",
  /** Istio's ambient mode. */
  Ambient: "ambient",
} as const;
export type ServiceMesh = (typeof ServiceMesh)[keyof typeof ServiceMesh];

export const Monitoring = {
  None: "none",
  /** By prometheus.io annotations. */
  Annotations: "annotations",
  /** By ServiceMonitors. */
  Operator: "operator",
} as const;
export type Monitoring = (typeof Monitoring)[keyof typeof Monitoring];

export const ScalingSignal = {
  /** CPU alone. */
  Resources: "resources",
  /** What the workload measures, from the custom metrics API, beside CPU. */
  CustomMetrics: "custom-metrics",
  /** The same by KEDA, whose operator must be there. */
  Keda: "keda",
} as const;
export type ScalingSignal = (typeof ScalingSignal)[keyof typeof ScalingSignal];

export const IngressController = {
  /** NGINX Inc's. */
  Nginx: "nginx",
  /** The Kubernetes project's. */
  IngressNginx: "ingress-nginx",
  /** HAProxy Technologies'. */
  Haproxy: "haproxy",
  /** The community's. */
  HaproxyIngress: "haproxy-ingress",
  Traefik: "traefik",
  Contour: "contour",
  Alb: "alb",
  /** No annotations but yours. */
  Other: "other",
} as const;
export type IngressController = (typeof IngressController)[keyof typeof IngressController];

export const DatabaseMode = {
  /** One instance on a volume. */
  Statefulset: "statefulset",
  /** A primary and standbys, made by CloudNativePG, whose operator must be there. */
  Cnpg: "cnpg",
  /** One that somebody else runs. */
  External: "external",
} as const;
export type DatabaseMode = (typeof DatabaseMode)[keyof typeof DatabaseMode];

export const DatabasePrimary = {
  /** The pod that was there first. */
  Main: "main",
  /** The first of the replicas. */
  Standby: "standby",
} as const;
export type DatabasePrimary = (typeof DatabasePrimary)[keyof typeof DatabasePrimary];

export const AccessMode = {
  ReadWriteOnce: "ReadWriteOnce",
  ReadWriteOncePod: "ReadWriteOncePod",
  ReadWriteMany: "ReadWriteMany",
} as const;
export type AccessMode = (typeof AccessMode)[keyof typeof AccessMode];

export const Retention = { Retain: "Retain", Delete: "Delete" } as const;
export type Retention = (typeof Retention)[keyof typeof Retention];

export const Definitions = {
  /** The release installs them, and its job upgrades them. */
  Release: "release",
  /** Somebody else has. */
  Present: "present",
} as const;
export type Definitions = (typeof Definitions)[keyof typeof Definitions];
