import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { projectRoot } from "#local/setup/environment";

/** A release of the official suite, and what it is asked to examine. */
export interface Exam {
  /** The name that package.json gives the release. */
  release: "conformance-stable" | "conformance-next";
  args: string[];
  /** The scenarios that must have run and passed. */
  scenarios: string[];
}

/** What a revision requires of servers, as the suite's authors froze it. */
function required(revision: string, count: number): string[] {
  const folder = join(projectRoot, "node_modules", "conformance-next", "requirements");
  const { server } = parse(readFileSync(join(folder, `${revision}.yaml`), "utf8"));
  // A list that got shorter would make every run pass.
  assert.equal(server.length, count, `what ${revision} requires of servers has changed`);
  return server;
}

const next = (revision: string, count: number): Exam => ({
  release: "conformance-next",
  args: ["--requirements", revision],
  scenarios: required(revision, count),
});

export const modern = next("2026-07-28", 37);
export const legacy = next("2025-11-25", 30);
/** The stable release has no lists of requirements; it runs what 2025-11-25 came to require. */
export const stable: Exam = {
  release: "conformance-stable",
  args: [],
  scenarios: legacy.scenarios,
};

/** What a scenario of 2025 needs a session for, each with what becomes of it without one. */
export const needSessions: Record<string, string> = {
  "tools-call-sampling": "the client's answer would reach another server than the one that asks",
  "tools-call-elicitation": "the client's answer would reach another server than the one that asks",
  "elicitation-sep1034-defaults": "as tools-call-elicitation",
  "elicitation-sep1330-enums": "as tools-call-elicitation",
  "server-sse-multiple-streams": "the suite examines the streams of a session alone",
};
