import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
/** Notes on an object who changed it, in order. */
const sign = (who) => (args) => {
  if (!args.type.startsWith("kubernetes:") || args.props.metadata === undefined) return undefined;
  const metadata = args.props.metadata;
  const signed = metadata.annotations?.signed;
  const annotations = { ...metadata.annotations, signed: signed ? `${signed},${who}` : who };
  return { props: { ...args.props, metadata: { ...metadata, annotations } }, opts: args.opts };
};
pulumi.runtime.registerResourceTransform(sign("stack"));

const ns = new k8s.core.v1.Namespace("ns", { metadata: { name: config.require("namespace") } });
const marker = new k8s.core.v1.ConfigMap("marker", {
  metadata: { name: "marker", namespace: ns.metadata.name },
});

class Database extends pulumi.ComponentResource {
  constructor(name, opts) {
    super("transforms:index:Database", name, {}, opts);
    new k8s.helm.v4.Chart(
      name,
      {
        chart: "chart",
        namespace: ns.metadata.name,
        values: { serviceName: config.get("service") ?? "data", size: 1 },
      },
      { parent: this, transforms: [sign("chart"), grow, keep] },
    );
    this.registerOutputs({});
  }
}

/** Changes the chart's own values. */
const grow = (args) =>
  args.type === "kubernetes:helm.sh/v4:Chart" && args.props.values
    ? { props: { ...args.props, values: { ...args.props.values, size: 2 } }, opts: args.opts }
    : undefined;

/** Keeps data, whatever happens, unless the stack says otherwise. */
const keep = (args) => {
  if (args.type !== "kubernetes:apps/v1:StatefulSet" || config.get("keep") === "no") {
    return undefined;
  }
  return {
    props: args.props,
    opts: {
      ...args.opts,
      protect: true,
      retainOnDelete: true,
      ignoreChanges: ["metadata.labels"],
      dependsOn: [marker],
    },
  };
};

if (config.get("gone") !== "yes") new Database("db", { transforms: [sign("component")] });
