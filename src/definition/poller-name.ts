import type { Expression } from '../template/parser.ts';
import { isExpression, parseTemplateExpression } from '../template/template.ts';
import type { Report } from './report.ts';
import { tableNameOf } from './tables.ts';
import { descend, type JsonNode, member, scalarText } from './tree.ts';

/** The literal parts of a concat(): what stays the same from connection to connection. */
function literalText(expression: Expression): string {
  if (expression.kind === 'literal') return String(expression.value);
  if (expression.kind !== 'call' || expression.name.toLowerCase() !== 'concat') return '';
  return expression.args.map(literalText).join('');
}

function literalParts(nameNode: JsonNode, text: string, report: Report): string {
  if (!isExpression(text)) return text.replace(/\{\{[^}]*\}\}/g, '');
  try {
    return literalText(parseTemplateExpression(text));
  } catch {
    report.warning(
      'CONNECTION_NAME_TEMPLATE',
      'the name of the connection does not parse; a name is derived',
      nameNode,
    );
    return '';
  }
}

/** Name of a poller that does not depend on parameters: CCF §1.5 gives every connection a name of its own anyway. */
export function stablePollerName(node: JsonNode, report: Report): string {
  const nameNode = member(node, 'name');
  const text = scalarText(nameNode) ?? '';
  const literal = nameNode ? literalParts(nameNode, text, report) : '';
  const last = literal
    .split('/')
    .filter((part) => part !== '' && part !== 'Microsoft.SecurityInsights')
    .at(-1);
  const stream = scalarText(descend(node, 'properties', 'dcrConfig', 'streamName'));
  const chosen = last || (stream ? tableNameOf(stream) : '') || 'poller';
  return chosen.replace(/[^A-Za-z0-9_.-]+/g, '_');
}

/** Appends -2, -3, … where a name is taken. */
export function uniqueName(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let n = 2; taken.has(candidate.toLowerCase()); n += 1) candidate = `${name}-${n}`;
  taken.add(candidate.toLowerCase());
  return candidate;
}
