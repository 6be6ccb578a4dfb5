import { list, type PodSpec, type SecurityContext } from "#model/kubernetes";
import { podOf } from "#model/pod";
import type { Subject } from "#model/subject";
import { UnknownValueError } from "#model/unknown-value";

/**
 * The spec of the pod that an object runs, to be mended in place. None for a patch, whose own words
 * would undo what the object says, nor for Windows, which has no such fields.
 */
export function mendable(subject: Subject): PodSpec | undefined {
  const pod = subject.patch ? undefined : podOf(subject);
  return pod && !pod.windows && list(pod.spec.containers).length > 0 ? pod.spec : undefined;
}

/** Mends each container that is known; says whether any was changed. */
export function mendContainers(
  spec: PodSpec,
  mend: (container: { securityContext?: SecurityContext }) => boolean,
): boolean {
  let changed = false;
  for (const group of ["initContainers", "containers", "ephemeralContainers"] as const) {
    for (let index = 0; index < list(spec[group]).length; index++) {
      const done = unlessUnknown(() => {
        const container = spec[group]?.[index];
        return container ? mend(container) : false;
      });
      changed = done || changed;
    }
  }
  return changed;
}

/** Whether one part was mended; what is not known yet stays as it is. */
export function unlessUnknown(mend: () => boolean): boolean {
  try {
    return mend();
  } catch (error) {
    if (error instanceof UnknownValueError) return false;
    throw error;
  }
}
