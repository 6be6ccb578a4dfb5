import { automated, type Framework, manual } from "#frameworks/framework";

// The sections of the Kubernetes Hardening Guide by NSA and CISA, version 1.2 of August 2022:
// https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF
// The guide does not number them; the ids here are made from its headings, which were written down
// without its text at hand: compare them before you cite one. Which checks belong to a
// section was compared with kubescape/regolibrary, frameworks/nsaframework.json.

const pod = "Kubernetes Pod security";
const network = "Network separation and hardening";
const access = "Authentication and authorization";
const audit = "Audit logging and threat detection";

export const nsaCisa: Framework = {
  id: "nsa-cisa",
  title: "NSA/CISA Kubernetes Hardening Guidance",
  version: "1.2",
  controls: [
    automated(
      "pod/non-root",
      `${pod}: non-root containers and rootless container engines`,
      "P14",
      "P15",
      "P17",
    ),
    automated("pod/immutable", `${pod}: immutable container file systems`, "P21"),
    manual("pod/images", `${pod}: building secure container images`, "I1", "I2", "I3", "I6"),
    automated(
      "pod/enforcement",
      `${pod}: Pod security enforcement`,
      ...["P1", "P2", "P3", "P4", "P5", "P13", "P18", "P19", "M3"],
    ),
    automated("pod/tokens", `${pod}: protecting Pod service account tokens`, "P27", "P28"),
    automated(
      "pod/environments",
      `${pod}: hardening container environments`,
      ...["P9", "P10", "P11", "P12"],
    ),
    automated("network/namespaces", `${network}: namespaces`, "M1", "M2"),
    automated("network/policies", `${network}: network policies`, "N1", "N2", "N4", "N5"),
    automated("network/resources", `${network}: resource policies`, "R1", "R5", "R6"),
    manual("network/control-plane", `${network}: control plane hardening`, "H17"),
    manual("network/workers", `${network}: worker node segmentation`, "S1", "P4"),
    automated("network/encryption", `${network}: encryption`, "S8"),
    automated("network/secrets", `${network}: secrets`, "K1", "K2", "K3", "K5", "A3"),
    manual("network/cloud", `${network}: protecting sensitive cloud infrastructure`),
    automated("access/authentication", `${access}: authentication`, "A9"),
    automated(
      "access/roles",
      `${access}: role-based access control`,
      "A1",
      "A2",
      "A4",
      "A5",
      "A6",
      "A7",
      "A8",
    ),
    manual("audit/logging", `${audit}: logging`),
    manual("audit/threats", `${audit}: threat detection`),
    manual("upgrades", "Upgrading and application security practices", "I2", "M5"),
  ],
};
