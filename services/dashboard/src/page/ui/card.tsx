import { type ReactNode, useId } from "react";

interface CardProps {
  title: string;
  /** Beside the title: a link, a count. */
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}

/** A part of the page with its title. */
export function Card({ title, aside, className = "", children }: CardProps) {
  const id = useId();
  return (
    <section className={`card ${className}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
