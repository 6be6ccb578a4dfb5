import * as pulumi from "@pulumi/pulumi";
import type { Storage } from "#components/database";
import type { Alerting, ConfigSecret } from "#components/internal/alerting";
import { deployChart } from "#components/internal/deploy-chart";
import { makePassword } from "#components/internal/password";
import type {
  ApiServer,
  Global,
  Image,
  Network,
  Pod,
  Resources,
  ServiceAccount,
  ServiceSettings,
} from "#components/internal/types";

/** What the pods of all servers take alike. */
export interface MonitoringPodArgs {
  /** The chart's own if absent. */
  image?: Image;
  /** More environment variables; for secrets, mount a file. */
  env?: Record<string, string>;
  /** What the pod has beyond the chart's own. */
  pod?: Pod;
  /** The pod's account. */
  serviceAccount?: ServiceAccount;
  /** The server's Service. */
  service?: ServiceSettings;
  /** What the pod gets. */
  resources?: Resources;
  /** What the network policy opens beyond what monitoring needs. */
  network?: Network;
}

/** What Prometheus, Alertmanager and Grafana take besides. */
export interface MonitoringServerArgs extends MonitoringPodArgs {
  /** The volume, which outlives the pod and the stack. */
  storage?: Storage;
}

export interface Retention {
  /** How long data is kept, such as 15d. */
  time?: string;
  /** How much of it, such as 6GB; a fifth of the volume has to stay free. */
  size?: string;
}

export interface Discovery {
  /** The helper's image; without it, Prometheus itself asks Kubernetes for the pods. */
  image?: Image;
  /** What the helper gets. */
  resources?: Resources;
}

export interface Nodes {
  /** Whether the kubelets' figures are taken, by a ClusterRole; false if absent. */
  scrape?: boolean;
  /** Their addresses, for the network policy. */
  cidrs?: string[];
}

export interface PrometheusArgs extends MonitoringServerArgs {
  /** How often to scrape and to evaluate the rules, such as 15s. */
  scrapeInterval?: string;
  /** Such as the cluster's name, on what leaves Prometheus. */
  externalLabels?: Record<string, string>;
  /** What is older, or beyond the size, is deleted. */
  retention?: Retention;
  /** Where the API server is, which names the pods. */
  apiServer?: ApiServer;
  /** For a Prometheus that was built without Kubernetes service discovery. */
  discovery?: Discovery;
  /** What only the nodes know: containers' memory and CPU, and the space left on volumes. */
  nodes?: Nodes;
}

export interface AlertmanagerArgs extends MonitoringServerArgs, Alerting {
  /** Of silences and of what was sent, such as 120h. */
  retention?: string;
  /** With an operator: the Secret to make, which its Alertmanager takes the routes from. */
  configSecret?: ConfigSecret;
}

/** Addresses of pages, as a browser opens them; absent: those of `kubectl port-forward`. */
export interface AlertLinks {
  /** The page's runbooks; the alert's name is added. */
  runbooks?: string;
  /** Grafana's. */
  grafana?: string;
  /** Prometheus'. */
  prometheus?: string;
  /** Alertmanager's, where silences are made. */
  alertmanager?: string;
}

export interface GrafanaOidc {
  /** On the button. */
  label?: string;
  /** What the provider knows Grafana by. */
  clientId: string;
  /** A Secret with the key "client-secret". */
  existingSecret: string;
  /** Where a browser logs in. */
  authUrl: string;
  /** Where Grafana redeems the login. */
  tokenUrl: string;
  /** Where Grafana asks who it is. */
  userinfoUrl: string;
  /** openid, profile and email if absent. */
  scopes?: string[];
  /** A JMESPath on the claims, which gives the role; everybody a Viewer if absent. */
  rolePath?: string;
}

export interface GrafanaArgs extends MonitoringServerArgs {
  /** Logins by OpenID Connect, beside the admin's. */
  oidc?: GrafanaOidc;
}

export interface AdapterCertificate {
  /** Of type kubernetes.io/tls, for the Service's name. */
  existingSecret: string;
  /** Who signed it, in PEM and then Base64; or else `injectCaFrom`. */
  caBundle?: string;
  /** cert-manager's Certificate, as NAMESPACE/NAME. */
  injectCaFrom?: string;
}

export interface CustomMetricsArgs extends MonitoringPodArgs {
  /** Two if absent. */
  replicas?: number;
  /** What it proves itself with to the API server. */
  certificate?: AdapterCertificate;
}

export interface ObservabilityArgs {
  /** The namespace, which must be there. */
  namespace: string;
  /** The same for all parts of a stack; `monitoring` must not be none. */
  global?: Global;
  /** On every object and pod. */
  labels?: Record<string, string>;
  /** On every object. */
  annotations?: Record<string, string>;
  /** Where alerts lead. */
  links?: AlertLinks;
  /** Whose the alerts are: their label `team`. */
  team?: string;
  /** With an operator: what Grafana's sidecar knows ConfigMaps with dashboards by. */
  dashboardLabels?: Record<string, string>;
  /** Scrapes the pods and evaluates the rules. */
  prometheus?: PrometheusArgs;
  /** Tells whoever is to know. */
  alertmanager?: AlertmanagerArgs;
  /** Tells how the namespace's objects are; what it tells is in the API server, so it has no volume. */
  kubeStateMetrics?: MonitoringPodArgs;
  /** Answers autoscalers with what agents and the registry measure; there is none without a certificate. */
  customMetrics?: CustomMetricsArgs;
  /** Shows dashboards; there is none if absent. */
  grafana?: GrafanaArgs;
}

/** Prometheus, Alertmanager and Grafana; or, where an operator has those, the mesh's rules alone. */
export class Observability extends pulumi.ComponentResource {
  /** Where dashboards inside the cluster find Prometheus. */
  public readonly prometheusUrl: pulumi.Output<string>;

  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:Observability", name, args, opts);
    const { namespace, grafana, ...values } = args;
    const admin = `${name}-grafana-admin`;
    const secrets = grafana ? [makePassword(this, admin, { ...args, component: "grafana" })] : [];
    const login = { admin: { existingSecret: admin } };
    deployChart(
      "observability",
      name,
      namespace,
      { ...values, ...(grafana ? { grafana: { ...grafana, ...login } } : {}) },
      { parent: this, dependsOn: secrets },
    );
    this.prometheusUrl = pulumi.output(`http://${name}-prometheus.${namespace}.svc:9090`);
    this.registerOutputs({ prometheusUrl: this.prometheusUrl });
  }
}
