import { type KeyboardEvent, useEffect, useRef } from "react";

interface SearchProps {
  label: string;
  placeholder: string;
  value: string;
  /** What a screen reader says of the result, and what stands beside it. */
  found?: string;
  onChange(value: string): void;
  onEnter?(): void;
}

/** A field to look for something, which the key / leads to. */
export function Search({ label, placeholder, value, found, onChange, onEnter }: SearchProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const focus = (event: globalThis.KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLInputElement || document.querySelector("dialog[open]");
      if (event.key !== "/" || typing) return;
      event.preventDefault();
      field.current?.focus();
    };
    document.addEventListener("keydown", focus);
    return () => document.removeEventListener("keydown", focus);
  }, []);
  const key = (event: KeyboardEvent) => {
    if (event.key === "Enter") onEnter?.();
  };
  return (
    <search className="search">
      <input
        ref={field}
        type="search"
        aria-label={label}
        aria-keyshortcuts="/"
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        onKeyDown={key}
      />
      <kbd aria-hidden="true">/</kbd>
      <output>{found}</output>
    </search>
  );
}
