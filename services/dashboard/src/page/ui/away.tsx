import type { ReactNode } from "react";
import { Icon } from "./icon.tsx";

/** A link to another system, which opens beside the page. */
export function Away({ href, children }: { href: string; children: ReactNode }) {
  return (
    <a className="away" href={href} target="_blank" rel="noreferrer">
      {children}
      <Icon name="away" size={14} />
      <span className="hidden"> (opens in a new tab)</span>
    </a>
  );
}

/** An address from its template, with the parts filled in as parts of an address. */
export const filled = (template: string, parts: Record<string, string>): string =>
  template.replace(/\{(\w+)\}/g, (whole, name) =>
    parts[name] === undefined ? whole : encodeURIComponent(parts[name]),
  );
