import { type BinderFinding, type BinderSchema, type BoundText, parseAndBind } from './library.ts';
import { SyntaxNode } from './syntax.ts';

/** Findings that mean: no such table or function. */
const unknownName: ReadonlySet<string> = new Set(['KS142', 'KS204', 'KS205', 'KS211']);
const rounds = 8;

interface Operand {
  readonly start: number;
  readonly end: number;
}

/** Operands of unions with isfuzzy=true. */
function fuzzyOperands(root: SyntaxNode): Operand[] {
  const out: Operand[] = [];
  const visit = (node: SyntaxNode) => {
    if (node.kind === 'UnionOperator') {
      const fuzzy = node.items('Parameters').some((p) => /isfuzzy\s*=\s*true/i.test(p.text));
      if (fuzzy) out.push(...node.items('Expressions').map((n) => n.span));
    }
    node.children.forEach(visit);
  };
  visit(root);
  return out;
}

function headName(text: string, finding: BinderFinding): string {
  return text.slice(finding.start, finding.end).trim();
}

/**
 * Binds a text, forgiving missing tables in fuzzy unions: each such operand is replaced by the bare name,
 * padded so that no offset changes, and the name is declared as a table without columns, to be left out later.
 */
export function bindForgiving(text: string, schema: BinderSchema): { bound: BoundText; missing: string[] } {
  const missing: string[] = [];
  let current = text;
  let bound = parseAndBind(current, schema);
  for (let round = 0; round < rounds; round++) {
    const unknown = bound.findings.filter(
      (f) => unknownName.has(f.code) && /^[A-Za-z_]\w*$/.test(headName(current, f)),
    );
    if (unknown.length === 0) break;
    const operands = fuzzyOperands(new SyntaxNode(bound.root));
    const before = missing.length;
    for (const operand of operands) {
      const finding = unknown.find((f) => f.start >= operand.start && f.end <= operand.end);
      const opening = current.slice(operand.start, finding?.start ?? operand.start);
      if (!finding || !/^[\s(]*$/.test(opening)) continue;
      const name = headName(current, finding);
      missing.push(name);
      current =
        current.slice(0, operand.start) +
        name.padEnd(operand.end - operand.start) +
        current.slice(operand.end);
    }
    if (missing.length === before) break;
    const declared = [...new Set(missing)].map((name) => ({ name, columns: [] }));
    bound = parseAndBind(current, { ...schema, tables: [...schema.tables, ...declared] });
  }
  return { bound, missing };
}
