import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { recommendedLabels } from "#components/internal/house";

/** A ValidatingAdmissionPolicy, or the binding that puts it in force. */
export interface AdmissionObject {
  /** Which of the two it is. */
  kind: string;
  /** Its name, unique in the cluster. */
  name: string;
  /** The object's spec. */
  spec: Record<string, any>; // as the Kubernetes API has it
}

export interface AdmissionPoliciesArgs {
  /** What to make. */
  objects: AdmissionObject[];
}

/** Rules that the API server itself holds what it is asked for against. */
export class AdmissionPolicies extends pulumi.ComponentResource {
  constructor(name: string, args: AdmissionPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mcp-mesh:index:AdmissionPolicies", name, args, opts);
    const { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } =
      k8s.admissionregistration.v1;
    for (const { kind, name: own, spec } of args.objects) {
      const metadata = { name: own, labels: recommendedLabels(own, "admission") };
      const options = { parent: this };
      if (kind === "ValidatingAdmissionPolicy") {
        new ValidatingAdmissionPolicy(own, { metadata, spec }, options);
      } else {
        const binding =
          spec as k8s.types.input.admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec;
        new ValidatingAdmissionPolicyBinding(own, { metadata, spec: binding }, options);
      }
    }
    this.registerOutputs();
  }
}
