import { backsItselfUp, backupAnnotation, isAnnotated, isScheduled } from "#model/backups";
import { type Graph, labelsOf } from "#model/graph";
import { type LabelSelector, list, type ObjectMeta } from "#model/kubernetes";
import { podOf } from "#model/pod";
import type { StackRule, StackViolation } from "#model/rule";
import { nameOf, type Subject } from "#model/subject";

export const backedUpVolumes: StackRule = {
  id: "M10",
  name: "backed-up-volumes",
  title: "A backup covers every volume that keeps data.",
  level: "mandatory",
  severity: "medium",
  why: "A volume is lost with its disk, its zone or a wrong command, and its data with it.",
  fix: `Back the volume up, and say in the annotation ${backupAnnotation} what does, or why nothing has to.`,
  checkStack(graph, { attempt }) {
    const claims = graph.of("PersistentVolumeClaim").flatMap((subject) =>
      attempt(() => {
        const { metadata } = subject.body;
        const { namespace, name } = nameOf(subject);
        const covered =
          isAnnotated(metadata) ||
          isScheduled(graph, namespace, labelsOf(metadata)) ||
          isMountedByBackup(graph, namespace, name);
        return covered ? [] : [violation(subject, "metadata.annotations", "the claim")];
      }),
    );
    const templates = graph
      .of("apps/StatefulSet")
      .flatMap((subject) => attempt(() => checkTemplates(graph, subject)));
    return [...claims, ...templates];
  },
};

function checkTemplates(graph: Graph, subject: Subject): StackViolation[] {
  const { volumeClaimTemplates, selector } = (subject.body.spec ?? {}) as {
    volumeClaimTemplates?: { metadata?: ObjectMeta }[];
    selector?: LabelSelector;
  };
  const pod = podOf(subject);
  const templates = list(volumeClaimTemplates);
  if (templates.length === 0 || isAnnotated(subject.body.metadata)) return [];
  if (pod && backsItselfUp(pod)) return [];
  const { namespace } = nameOf(subject);
  return templates.flatMap((template, index) => {
    // The controller adds the set's own labels to those of the claim's template.
    const labels = { ...labelsOf(template?.metadata), ...selector?.matchLabels };
    const covered = isAnnotated(template?.metadata) || isScheduled(graph, namespace, labels);
    const path = `spec.volumeClaimTemplates[${index}]`;
    return covered ? [] : [violation(subject, path, "the StatefulSet")];
  });
}

/** A pod that backs itself up has its repository mounted beside the data. */
function isMountedByBackup(graph: Graph, namespace: string, name: string): boolean {
  return graph.pods.some(
    (pod) =>
      nameOf(pod.subject).namespace === namespace &&
      list(pod.spec.volumes).some((volume) => {
        const source = volume?.persistentVolumeClaim as { claimName?: string } | undefined;
        return source?.claimName === name;
      }) &&
      backsItselfUp(pod),
  );
}

function violation(subject: Subject, path: string, owner: string): StackViolation {
  const fix = `annotate ${owner} with ${backupAnnotation}: what does, or why nothing has to`;
  return { subject, path, message: `is backed up by nothing that the stack shows; ${fix}` };
}
