import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";

export interface Matcher {
  label: string;
  operator: string;
  value: string;
}

/** What a vector selector asks for, such as `up{job="agent"}`. */
export interface Selector {
  metric: string;
  matchers: Matcher[];
}

/** A parsed expression; `text` gives the words of a node. */
export interface Parsed {
  root: SyntaxNode;
  text(node: SyntaxNode): string;
}

/** Parses PromQL; throws a sentence with the expression and the place that does not parse. */
export function parsePromql(expr: string): Parsed {
  const tree = parser.parse(expr);
  tree.iterate({
    enter: ({ type, from }) => {
      if (!type.isError) return;
      const rest = expr.slice(from).trim();
      const place = rest ? `at "${rest.slice(0, 30)}"` : "at its end";
      throw new Error(`Not PromQL ${place}: ${expr}`);
    },
  });
  return { root: tree.topNode, text: ({ from, to }) => expr.slice(from, to) };
}

/** The names of the series that an expression asks for, each once. */
export function metricsOf(expr: string): string[] {
  return [...new Set(selectorsOf(expr).map(({ metric }) => metric))];
}

/** What an expression asks for, with its conditions on labels. */
export function selectorsOf(expr: string): Selector[] {
  const parsed = parsePromql(expr);
  return descendants(parsed.root, "VectorSelector").map((node) => selector(parsed, node));
}

/** The labels that `by`, `without`, `on`, `ignoring` and `group_left` name in an expression. */
export function groupingsOf(expr: string): string[] {
  const { root, text } = parsePromql(expr);
  const lists = descendants(root, "GroupingLabels");
  return [...new Set(lists.flatMap((list) => list.getChildren("LabelName")).map(text))];
}

/** A vector selector's parts; the name may also stand in `{__name__="…"}`. */
export function selector({ text }: Parsed, node: SyntaxNode): Selector {
  const list = node.getChild("LabelMatchers")?.getChildren("UnquotedLabelMatcher") ?? [];
  const all = list.map((matcher) => {
    const [label, operator, value] = ["LabelName", "MatchOp", "StringLiteral"].map((part) => {
      const child = matcher.getChild(part);
      return child ? text(child) : "";
    });
    return { label: label ?? "", operator: operator ?? "", value: unquoted(value ?? "") };
  });
  const named = all.find(({ label, operator }) => label === "__name__" && operator === "=");
  const identifier = node.getChild("Identifier");
  const metric = identifier ? text(identifier) : named?.value;
  if (!metric) throw new Error(`A selector without a metric's name: ${text(node)}`);
  return { metric, matchers: all.filter((matcher) => matcher !== named) };
}

/** The expression with a further condition on everything that it asks for. */
export function restricted(expr: string, condition: string): string {
  const places = descendants(parsePromql(expr).root, "VectorSelector").map((node) => {
    const list = node.getChild("LabelMatchers");
    if (!list) return { at: node.to, text: `{${condition}}` };
    return { at: list.from + 1, text: list.firstChild ? `${condition}, ` : condition };
  });
  return places
    .toSorted((one, other) => other.at - one.at)
    .reduce((text, place) => text.slice(0, place.at) + place.text + text.slice(place.at), expr);
}

/** The text of a string literal; PromQL escapes as JSON does, in quotes of three kinds. */
export function unquoted(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('"')) return JSON.parse(literal);
  return literal.startsWith("`") ? inner : JSON.parse(`"${inner.replaceAll('"', '\\"')}"`);
}

function descendants(root: SyntaxNode, name: string): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  root.cursor().iterate(({ node }) => {
    if (node.name === name) found.push(node);
  });
  return found;
}
