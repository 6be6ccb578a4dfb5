const marks = [
  ["healthy", "healthy"],
  ["degraded", "some replicas unhealthy"],
  ["unhealthy", "unhealthy"],
  ["missing", "nobody offers it"],
] as const;

/** What the marks of the boxes mean, and how to move. */
export function Legend() {
  return (
    <div className="legend">
      <ul aria-label="Marks">
        {marks.map(([state, words]) => (
          <li key={state} data-state={state}>
            <span className="mark" />
            {words}
          </li>
        ))}
      </ul>
      <p className="dim">
        Arrows lead from who needs something to who offers it. Arrow keys walk along them, Enter
        tells all.
      </p>
    </div>
  );
}
