import type { SyntaxNode } from "@lezer/common";
import { type Parsed, parsePromql, selector, unquoted } from "#observability/promql";

/** The labels that a series can have, by its name; undefined: nobody exports it. */
export type KnownSeries = ReadonlyMap<string, ReadonlySet<string>>;

/** The labels that the result can have; undefined for a number. */
type Labels = ReadonlySet<string> | undefined;

/**
 * The labels that the result of an expression can have. Throws a sentence if it asks for a series that
 * nobody exports, for a label that is not there, or joins sides that can never match.
 */
export function labelsOf(expr: string, known: KnownSeries): Labels {
  const parsed = parsePromql(expr);
  return new Reader(parsed, known).labels(parsed.root);
}

/** The same as a list of faults, for linters: empty, or one sentence. */
export function faultsOf(expr: string, known: KnownSeries): string[] {
  try {
    labelsOf(expr, known);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

class Reader {
  readonly parsed: Parsed;
  readonly known: KnownSeries;

  constructor(parsed: Parsed, known: KnownSeries) {
    this.parsed = parsed;
    this.known = known;
  }

  labels(node: SyntaxNode): Labels {
    switch (node.name) {
      case "VectorSelector":
        return this.ofSelector(node);
      case "FunctionCall":
        return this.ofCall(node);
      case "AggregateExpr":
        return this.ofAggregation(node);
      case "BinaryExpr":
        return this.ofOperation(node);
      case "NumberDurationLiteral":
      case "StringLiteral":
        return undefined;
      default:
        return this.ofFirst(childrenOf(node));
    }
  }

  /** Parentheses, ranges, offsets and the like: the labels of what they are about. */
  private ofFirst(nodes: SyntaxNode[]): Labels {
    const all = nodes.filter(isExpression).map((node) => this.labels(node));
    return all.find((labels) => labels !== undefined);
  }

  private ofSelector(node: SyntaxNode): Labels {
    const { metric, matchers } = selector(this.parsed, node);
    const labels = this.known.get(metric);
    if (!labels) throw new Error(`Nobody exports ${metric}.`);
    for (const { label } of matchers) need(labels, [label], this.parsed.text(node));
    return labels;
  }

  private ofCall(node: SyntaxNode): Labels {
    const name = this.parsed.text(node.firstChild as SyntaxNode);
    const body = node.getChild("FunctionCallBody");
    const given = body ? childrenOf(body) : [];
    const labels = this.ofFirst(given);
    const literals = given.filter(({ name: kind }) => kind === "StringLiteral");
    const [target] = literals.map((literal) => unquoted(this.parsed.text(literal)));
    switch (name) {
      case "absent":
      case "absent_over_time":
        return this.asked(given[0] as SyntaxNode);
      case "vector":
        return new Set();
      case "scalar":
        return undefined;
      case "label_replace":
      case "label_join":
        return new Set([...(labels ?? []), target ?? ""]);
      case "histogram_quantile":
        need(labels ?? new Set(), ["le"], this.parsed.text(node));
        return new Set([...(labels ?? [])].filter((label) => label !== "le"));
      default:
        return labels;
    }
  }

  /** What is absent has the labels that were asked for. */
  private asked(node: SyntaxNode): Labels {
    const inner = node.name === "MatrixSelector" ? (node.firstChild as SyntaxNode) : node;
    if (inner.name !== "VectorSelector") return new Set();
    const { matchers } = selector(this.parsed, inner);
    return new Set(matchers.flatMap(({ label, operator }) => (operator === "=" ? label : [])));
  }

  private ofAggregation(node: SyntaxNode): Labels {
    const body = node.getChild("FunctionCallBody");
    const labels = this.ofFirst(body ? childrenOf(body) : []) ?? new Set<string>();
    const operator = this.parsed.text(node.firstChild as SyntaxNode);
    if (/^(topk|bottomk|limitk|limit_ratio)$/.test(operator)) return labels;
    const modifier = node.getChild("AggregateModifier");
    if (!modifier) return new Set();
    const listed = this.listed(modifier);
    need(labels, listed, this.parsed.text(node));
    if (modifier.getChild("By")) return new Set(listed);
    return new Set([...labels].filter((label) => !listed.includes(label)));
  }

  private ofOperation(node: SyntaxNode): Labels {
    const [first, second] = childrenOf(node).filter(isExpression);
    const [left, right] = [first, second].map((side) => side && this.labels(side));
    if (!left || !right) return left ?? right;
    if (node.getChild("Or")) return new Set([...left, ...right]);
    const where = this.parsed.text(node);
    const clause = node.getChild("MatchingModifierClause");
    const [list, extra] = clause?.getChildren("GroupingLabels") ?? [];
    const named = list ? this.namesIn(list) : [];
    for (const side of [left, right]) if (clause?.getChild("On")) need(side, named, where);
    const compared = (side: ReadonlySet<string>) =>
      clause?.getChild("On") ? named : [...side].filter((label) => !named.includes(label));
    const [these, those] = [compared(left).toSorted(), compared(right).toSorted()];
    const kept = extra ? this.namesIn(extra) : [];
    const many = clause?.getChild("GroupLeft") ? left : clause?.getChild("GroupRight") && right;
    if (!many && these.join() !== those.join()) {
      throw new Error(`The sides never match, by [${these}] and by [${those}]: ${where}`);
    }
    if (many) {
      need(many === left ? right : left, kept, where);
      return new Set([...many, ...kept]);
    }
    return node.getChild("And") || node.getChild("Unless") ? left : new Set(these);
  }

  private listed(node: SyntaxNode): string[] {
    return node.getChildren("GroupingLabels").flatMap((list) => this.namesIn(list));
  }

  private namesIn(list: SyntaxNode): string[] {
    return list.getChildren("LabelName").map((name) => this.parsed.text(name));
  }
}

function need(labels: ReadonlySet<string>, wanted: readonly string[], where: string): void {
  for (const label of wanted) {
    if (!labels.has(label)) throw new Error(`There is no label ${label}: ${where}`);
  }
}

const EXPRESSION = /(Expr|Selector|Call|Literal)$/;
const isExpression = ({ name }: SyntaxNode) => EXPRESSION.test(name) && name !== "DurationExpr";

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}
