import { useEffect, useRef, useState } from "react";
import type { Places, Shape } from "./shape.ts";

const WORKER = "layout-worker.js";

// Not in TypeScript's own library yet: only what is used here.
declare global {
  interface Window {
    trustedTypes?: {
      createPolicy(
        name: string,
        rules: { createScriptURL(): string },
      ): { createScriptURL(from: string): string };
    };
  }
}

/** The only script that the page may start, whatever anything on it says. */
const policy = window.trustedTypes?.createPolicy("layout-worker", {
  createScriptURL: () => WORKER,
});

/** Where the boxes go; undefined until they are laid out for the first time. */
export function useLayout(shape: Shape): Places | undefined {
  const [places, setPlaces] = useState<Places>();
  const worker = useRef<Worker>(undefined);
  useEffect(() => {
    const started = new Worker(policy?.createScriptURL(WORKER) ?? WORKER, { type: "module" });
    started.addEventListener("message", ({ data }: MessageEvent<Places>) => setPlaces(data));
    worker.current = started;
    return () => started.terminate();
  }, []);
  // Only who is there and who needs whom moves boxes: nothing else is worth laying them out again.
  const known = JSON.stringify(shape);
  useEffect(() => worker.current?.postMessage(JSON.parse(known)), [known]);
  return places;
}
