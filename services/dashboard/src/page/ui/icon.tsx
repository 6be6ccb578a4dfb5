const paths = {
  overview: "M3 12a9 9 0 0 1 18 0M12 12l4-4M5 17h14",
  agents: "M4 5h16v6H4zM4 15h16v4H4zM8 8h.01M8 17h.01",
  graph:
    "M5 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6M19 3a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M19 16a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M8 10.5l8.5-4M8 13.5l8.5 4",
  charts: "M4 4v16h16M8 15l4-5 3 3 5-7",
  alerts: "M12 4a6 6 0 0 0-6 6v4l-2 3h16l-2-3v-4a6 6 0 0 0-6-6M10 20h4",
  good: "M5 12.5l4.5 4.5L19 7.5",
  warning: "M12 4 2.5 20h19zM12 10v4M12 17h.01",
  critical: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 8v5M12 16h.01",
  unknown: "M9 9a3 3 0 1 1 4 2.8c-.8.4-1 1-1 2.2M12 17.5h.01",
  out: "M14 5h5v14h-5M4 12h10M10 8l4 4-4 4",
  away: "M9 5H5v14h14v-4M13 5h6v6M19 5l-9 9",
  close: "M6 6l12 12M18 6 6 18",
  search: "M11 5a6 6 0 1 0 0 12 6 6 0 0 0 0-12M16 16l4 4",
  next: "M9 6l6 6-6 6",
} as const;
export type IconName = keyof typeof paths;

/** A picture beside words that say the same. */
export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
