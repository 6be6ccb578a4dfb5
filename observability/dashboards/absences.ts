/**
 * Why a panel may be empty though all is well. The sentence ends the panel's description, and the
 * tests on a live stack excuse a query only for what that stack really lacks.
 */
export const absences = {
  "no-alerts": "Empty while nothing fires.",
  "no-autoscaler": "Empty where nothing is scaled automatically.",
  "no-backups": "Empty where no backups are configured.",
  "no-calls": "Empty until there was a call.",
  "no-cluster-metrics": "Empty where kube-state-metrics is switched off.",
  "no-dependencies": "Empty where no agent declares a dependency.",
  "no-failures": "Empty while nothing fails.",
  "no-history": "Empty in the first quarter of an hour.",
  "no-kubelet": "Empty where the kubelets are not scraped.",
  "no-own-alertmanager": "Empty where the Alertmanager is not the chart's own.",
  "no-own-prometheus": "Empty where the Prometheus is not the chart's own.",
  "no-page": "Empty where the page is switched off.",
  "no-postgres-metrics": "Empty where the database is not the mesh's own.",
  "no-quota": "Empty where the namespace has no quota.",
  "no-verified-backup": "Empty until a restored backup was found good.",
} as const;

export type Absence = keyof typeof absences;
