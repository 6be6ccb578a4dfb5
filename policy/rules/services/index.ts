import type { Rule } from "#model/rule";
import { backendExists } from "#rules/services/backend-exists";
import { explicitHosts } from "#rules/services/explicit-hosts";
import { ingressTls } from "#rules/services/ingress-tls";
import { loadBalancers } from "#rules/services/load-balancers";
import { noExternalIps } from "#rules/services/no-external-ips";
import { noNginxInjection } from "#rules/services/no-nginx-injection";
import { noNodePorts } from "#rules/services/no-node-ports";
import { selectsPods } from "#rules/services/selects-pods";
import { targetPorts } from "#rules/services/target-ports";
import { tlsHosts } from "#rules/services/tls-hosts";
import { uniqueRoutes } from "#rules/services/unique-routes";

/** In the catalogue's order. */
export const services: readonly Rule[] = [
  noNodePorts,
  loadBalancers,
  noExternalIps,
  selectsPods,
  targetPorts,
  ingressTls,
  explicitHosts,
  tlsHosts,
  backendExists,
  noNginxInjection,
  uniqueRoutes,
];
