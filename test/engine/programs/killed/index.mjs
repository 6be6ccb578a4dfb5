import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

const config = new pulumi.Config();
const version = config.require("version");
const ns = new k8s.core.v1.Namespace("ns", { metadata: { name: config.require("namespace") } });
const namespace = ns.metadata.name;
const password = new random.RandomPassword("password", { length: 16 });
// Automatically named, so that a new version replaces it, and the Deployment follows.
const settings = new k8s.core.v1.ConfigMap("settings", {
  metadata: { namespace },
  data: { version },
});
const secret = new k8s.core.v1.Secret("secret", {
  metadata: { name: "secret", namespace },
  stringData: { password: password.result },
});
const labels = { app: "app" };
new k8s.apps.v1.Deployment("app", {
  metadata: { name: "app", namespace },
  spec: {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        terminationGracePeriodSeconds: 0,
        containers: [
          {
            name: "main",
            image: config.require("image"),
            envFrom: [
              { configMapRef: { name: settings.metadata.name } },
              { secretRef: { name: secret.metadata.name } },
            ],
          },
        ],
      },
    },
  },
});
