import { lazy, Suspense } from "react";
import { FailedPart } from "../ui/failed-part.tsx";

const Few = lazy(async () => ({ default: (await import("../charts/later.ts")).Few }));

/** The last quarter of an hour of the agents, below what is said in words. */
export function Traffic() {
  return (
    <FailedPart>
      <Suspense fallback={null}>
        <Few />
      </Suspense>
    </FailedPart>
  );
}
