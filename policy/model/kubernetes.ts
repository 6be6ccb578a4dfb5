/** The fields of Kubernetes objects that rules read, all optional: a manifest promises nothing. */

export interface ObjectMeta {
  name?: string;
  namespace?: string;
  generateName?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export interface ProfileField {
  type?: string;
}

export interface SecurityContext {
  privileged?: boolean;
  allowPrivilegeEscalation?: boolean;
  readOnlyRootFilesystem?: boolean;
  runAsNonRoot?: boolean;
  runAsUser?: number;
  runAsGroup?: number;
  procMount?: string;
  capabilities?: { add?: string[]; drop?: string[] };
  seccompProfile?: ProfileField;
  appArmorProfile?: ProfileField;
  seLinuxOptions?: { type?: string; user?: string; role?: string };
  windowsOptions?: { hostProcess?: boolean };
}

export interface PodSecurityContext extends SecurityContext {
  fsGroup?: number;
  supplementalGroups?: number[];
  sysctls?: { name?: string }[];
}

export interface Handler {
  exec?: { command?: string[] };
  httpGet?: { host?: string; port?: number | string; path?: string; scheme?: string };
  tcpSocket?: { host?: string; port?: number | string };
  grpc?: { port?: number | string; service?: string };
  sleep?: { seconds?: number };
}

export interface Probe extends Handler {
  initialDelaySeconds?: number;
  periodSeconds?: number;
  timeoutSeconds?: number;
  successThreshold?: number;
  failureThreshold?: number;
}

export interface Resources {
  requests?: Record<string, string | number>;
  limits?: Record<string, string | number>;
}

/** A reference to an object of the same namespace. */
export interface Named {
  name?: string;
}

export interface EnvVar {
  name?: string;
  value?: string;
  valueFrom?: { configMapKeyRef?: Named & { key?: string }; secretKeyRef?: Named };
}

export interface Container {
  name?: string;
  image?: string;
  args?: string[];
  command?: string[];
  restartPolicy?: string;
  ports?: { name?: string; containerPort?: number; hostPort?: number; protocol?: string }[];
  env?: EnvVar[];
  envFrom?: { configMapRef?: Named; secretRef?: Named }[];
  resources?: Resources;
  securityContext?: SecurityContext;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  startupProbe?: Probe;
  lifecycle?: { postStart?: Handler; preStop?: Handler };
}

export interface LabelSelector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key?: string; operator?: string; values?: string[] }[];
}

export interface PodAffinityTerm {
  topologyKey?: string;
  labelSelector?: LabelSelector;
  namespaces?: string[];
  namespaceSelector?: LabelSelector;
  matchLabelKeys?: string[];
  mismatchLabelKeys?: string[];
}

export interface TopologySpreadConstraint {
  topologyKey?: string;
  maxSkew?: number;
  labelSelector?: LabelSelector;
  matchLabelKeys?: string[];
}

export interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
  volumes?: ({ name?: string; image?: { reference?: string } } & Record<string, unknown>)[];
  securityContext?: PodSecurityContext;
  resources?: Resources;
  overhead?: Record<string, string | number>;
  restartPolicy?: string;
  serviceAccountName?: string;
  serviceAccount?: string;
  terminationGracePeriodSeconds?: number;
  nodeName?: string;
  tolerations?: { key?: string; operator?: string }[];
  topologySpreadConstraints?: TopologySpreadConstraint[];
  os?: { name?: string };
  hostPID?: boolean;
  hostIPC?: boolean;
  hostNetwork?: boolean;
  hostUsers?: boolean;
  automountServiceAccountToken?: boolean;
  affinity?: {
    podAntiAffinity?: {
      requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];
      preferredDuringSchedulingIgnoredDuringExecution?: { podAffinityTerm?: PodAffinityTerm }[];
    };
  };
}

export interface PodTemplate {
  metadata?: ObjectMeta;
  spec?: PodSpec;
}

/** Any object, read as the union of what rules look for; no kind has all of these fields. */
export interface KubernetesObject extends PodTemplate {
  apiVersion?: string;
  kind?: string;
  items?: KubernetesObject[];
  template?: PodTemplate;
  data?: Record<string, unknown>;
  stringData?: Record<string, unknown>;
  [field: string]: unknown;
}

/** The list itself, or an empty one where a manifest has nothing or something else. */
export function list<T>(value: T[] | undefined | null): T[] {
  return Array.isArray(value) ? value : [];
}
