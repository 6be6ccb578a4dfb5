import { useSyncExternalStore } from "react";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** Again whenever the colour scheme changes: a canvas does not follow it by itself. */
export function useScheme(): "dark" | "light" {
  return useSyncExternalStore(
    (listener) => {
      dark.addEventListener("change", listener);
      return () => dark.removeEventListener("change", listener);
    },
    () => (dark.matches ? "dark" : "light"),
  );
}

/** A colour of the style sheet, as it is now. They are registered there, so this is a real colour. */
export const colour = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export const seriesColour = (index: number): string => colour(`series-${index + 1}`);

/** Lines are told apart without colours, too. */
export const dashes: number[][] = [[], [6, 3], [2, 3], [9, 3, 2, 3]];
export const dashOf = (index: number): number[] => dashes[index % dashes.length] ?? [];
