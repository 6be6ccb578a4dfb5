import type { Rendered } from "#test/support/charts";

/**
 * Turns an Ingress' annotations into the directives that the controller documents for them, on top of
 * the controller's own defaults. An annotation that is not known here is an error, so that the chart
 * can't say anything that no proxy was asked about.
 */

type Directive = (value: string) => string;
const word =
  (name: string): Directive =>
  (value) =>
    `${name} ${value};`;
const seconds =
  (name: string): Directive =>
  (value) =>
    `${name} ${value}s;`;
const onOff =
  (name: string): Directive =>
  (value) =>
    `${name} ${value === "True" ? "on" : "off"};`;
/** Debian's proxies have one server, the Service: where a cookie leads to is not proven here. */
const affinity: Directive = () => "";

const nginxDialects: Record<string, Record<string, Directive>> = {
  "nginx.org/": {
    "proxy-buffering": onOff("proxy_buffering"),
    "proxy-read-timeout": word("proxy_read_timeout"),
    "proxy-send-timeout": word("proxy_send_timeout"),
    "client-max-body-size": word("client_max_body_size"),
    "proxy-next-upstream": word("proxy_next_upstream"),
    // Without it the controller writes no `keepalive` and closes after each request.
    keepalive: (value) => {
      if (value !== "0") throw new Error("a keepalive of upstream connections is not translated");
      return "";
    },
    "sticky-cookie-services": affinity,
  },
  "nginx.ingress.kubernetes.io/": {
    "proxy-buffering": word("proxy_buffering"),
    "proxy-request-buffering": word("proxy_request_buffering"),
    "proxy-read-timeout": seconds("proxy_read_timeout"),
    "proxy-send-timeout": seconds("proxy_send_timeout"),
    "proxy-body-size": word("client_max_body_size"),
    "proxy-next-upstream": word("proxy_next_upstream"),
    "proxy-http-version": word("proxy_http_version"),
    affinity,
    "affinity-mode": affinity,
    "session-cookie-name": affinity,
  },
};

const haproxyDialects: Record<string, Record<string, Directive>> = {
  "haproxy.org/": {
    "timeout-server": (value) => `timeout server ${value}`,
    "backend-config-snippet": (value) => value,
  },
  "haproxy-ingress.github.io/": {
    "timeout-server": (value) => `timeout server ${value}`,
    "config-backend": (value) => value,
    affinity,
    "session-cookie-name": affinity,
    "session-cookie-strategy": affinity,
  },
};

function directives(ingress: Rendered, dialects: Record<string, Record<string, Directive>>) {
  const annotations = ingress.metadata.annotations ?? {};
  return Object.entries(annotations).flatMap(([key, value]) => {
    const name = key.slice(key.indexOf("/") + 1);
    const translate = dialects[key.slice(0, key.indexOf("/") + 1)]?.[name];
    if (!translate) throw new Error(`no translation of the annotation ${key}`);
    return translate(value) || [];
  });
}

export interface Target {
  /** The Service's name in the cluster's DNS. */
  host: string;
  port: number;
  /** What the chart renders; without it, the proxy has its own defaults. */
  ingress?: Rendered;
}

/** nginx.conf in the way both nginx controllers write it, or as plain as can be. */
export function nginxConfiguration({ host, port, ingress }: Target): string {
  const own = ingress ? directives(ingress, nginxDialects) : [];
  // Both controllers speak HTTP/1.1 to pods; nginx by itself speaks 1.0.
  const version = !ingress || own.some((line) => line.startsWith("proxy_http_version"));
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
pid /tmp/nginx.pid;
error_log /dev/stderr warn;
daemon off;
worker_processes 1;
events { worker_connections 512; }
http {
  access_log off;
  ${places.map((place) => `${place}_temp_path /tmp/${place};`).join("\n  ")}
  server {
    listen 8080;
    location / {
      ${[...(version ? [] : ["proxy_http_version 1.1;"]), ...own].join("\n      ")}
      proxy_set_header Host $host;
      proxy_pass http://${host}:${port};
    }
  }
}
`;
}

/** haproxy.cfg with the defaults that both HAProxy controllers start from. */
export function haproxyConfiguration({ host, port, ingress }: Target): string {
  const own = ingress ? directives(ingress, haproxyDialects) : [];
  return `
global
  log stderr format raw local0
  maxconn 512
defaults
  mode http
  log global
  option redispatch
  timeout http-request 5s
  timeout connect 5s
  timeout client 50s
  timeout queue 5s
  timeout server 50s
  timeout tunnel 1h
  timeout http-keep-alive 1m
frontend http
  bind :8080
  default_backend agent
backend agent
  ${own.join("\n  ")}
  server service ${host}:${port}
`;
}
