/** Short words in a row. */
export function Chips({ words, label }: { words: string[]; label: string }) {
  if (words.length === 0) return null;
  return (
    <ul className="chips" aria-label={label}>
      {[...new Set(words)].map((word) => (
        <li key={word}>{word}</li>
      ))}
    </ul>
  );
}
