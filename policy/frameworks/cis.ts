import { automated, type Framework, manual } from "#frameworks/framework";

// Numbers and titles as in aquasecurity/kube-bench, cfg/cis-1.12/policies.yaml. The benchmark itself
// calls all of section 5 manual, since it asks a running cluster. kubescape/regolibrary,
// frameworks/cis-v1.12.0.json, keeps the numbers of 1.10: 5.2.9 is split, and 5.6 is called 5.7.

export const cis: Framework = {
  id: "cis",
  title: "CIS Kubernetes Benchmark, section 5: policies",
  version: "1.12",
  controls: [
    automated("5.1.1", "Ensure that the cluster-admin role is only used where required", "A2"),
    automated("5.1.2", "Minimize access to secrets", "A3"),
    automated("5.1.3", "Minimize wildcard use in Roles and ClusterRoles", "A1"),
    automated("5.1.4", "Minimize access to create pods", "A4"),
    automated("5.1.5", "Ensure that default service accounts are not actively used", "P28"),
    automated(
      "5.1.6",
      "Ensure that Service Account Tokens are only mounted where necessary",
      "P27",
    ),
    automated("5.1.7", "Avoid use of system:masters group", "A9"),
    automated(
      "5.1.8",
      "Limit use of the Bind, Impersonate and Escalate permissions in the Kubernetes cluster",
      "A6",
    ),
    automated("5.1.9", "Minimize access to create persistent volumes", "A4"),
    automated("5.1.10", "Minimize access to the proxy sub-resource of nodes", "A8"),
    automated(
      "5.1.11",
      "Minimize access to the approval sub-resource of certificatesigningrequests objects",
      "A8",
    ),
    automated("5.1.12", "Minimize access to webhook configuration objects", "A7"),
    automated("5.1.13", "Minimize access to the service account token creation", "A8"),
    automated(
      "5.2.1",
      "Ensure that the cluster has at least one active policy control mechanism in place",
      "M3",
    ),
    automated("5.2.2", "Minimize the admission of privileged containers", "P1"),
    automated(
      "5.2.3",
      "Minimize the admission of containers wishing to share the host process ID namespace",
      "P2",
    ),
    automated(
      "5.2.4",
      "Minimize the admission of containers wishing to share the host IPC namespace",
      "P2",
    ),
    automated(
      "5.2.5",
      "Minimize the admission of containers wishing to share the host network namespace",
      "P3",
    ),
    automated("5.2.6", "Minimize the admission of containers with allowPrivilegeEscalation", "P13"),
    automated("5.2.7", "Minimize the admission of root containers", "P14", "P15"),
    automated("5.2.8", "Minimize the admission of containers with the NET_RAW capability", "P19"),
    automated(
      "5.2.9",
      "Minimize the admission of containers with capabilities assigned",
      "P18",
      "P19",
    ),
    automated("5.2.10", "Minimize the admission of Windows HostProcess containers", "P7"),
    automated("5.2.11", "Minimize the admission of HostPath volumes", "P5"),
    automated("5.2.12", "Minimize the admission of containers which use HostPorts", "P4"),
    manual("5.3.1", "Ensure that the CNI in use supports NetworkPolicies"),
    automated("5.3.2", "Ensure that all Namespaces have NetworkPolicies defined", "N1", "N2"),
    automated("5.4.1", "Prefer using Secrets as files over Secrets as environment variables", "K1"),
    manual("5.4.2", "Consider external secret storage"),
    manual(
      "5.5.1",
      "Configure Image Provenance using ImagePolicyWebhook admission controller",
      "I6",
    ),
    automated(
      "5.6.1",
      "Create administrative boundaries between resources using namespaces",
      "M1",
      "M2",
    ),
    automated(
      "5.6.2",
      "Ensure that the seccomp profile is set to docker/default in your Pod definitions",
      "P12",
    ),
    automated(
      "5.6.3",
      "Apply SecurityContext to your Pods and Containers",
      "P12",
      "P13",
      "P14",
      "P19",
      "P21",
    ),
    automated("5.6.4", "The default namespace should not be used", "M1"),
  ],
};
