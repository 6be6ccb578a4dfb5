/** The files that follow from the catalogue, the rules and the dashboards, by path from the root. */
export function observabilityFiles(): Record<string, string> {
  return {};
}
