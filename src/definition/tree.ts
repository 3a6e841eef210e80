/** A value of a JSON document together with the place where it stands. */
export interface JsonNode {
  readonly value: unknown;
  readonly file: string;
  /** JSON path from the root of the file. */
  readonly path: string;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function memberPath(path: string, name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
    ? `${path}.${name}`
    : `${path}['${name.replaceAll("'", "\\'")}']`;
}

function keyOf(object: JsonObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const wanted = name.toLowerCase();
  return Object.keys(object).find((key) => key.trim().toLowerCase() === wanted);
}

/**
 * Member by name, case-insensitive and trimmed as published packages need (CCF golden rule); the first alias that exists.
 * A null counts as absent.
 */
export function member(node: JsonNode | undefined, ...names: string[]): JsonNode | undefined {
  if (!node || !isJsonObject(node.value)) return undefined;
  for (const name of names) {
    const key = keyOf(node.value, name);
    if (key === undefined) continue;
    const value = node.value[key];
    if (value !== null && value !== undefined)
      return { value, file: node.file, path: memberPath(node.path, key) };
  }
  return undefined;
}

/** Member along several names. */
export function descend(node: JsonNode | undefined, ...names: string[]): JsonNode | undefined {
  return names.reduce<JsonNode | undefined>((current, name) => member(current, name), node);
}

/** Elements of an array; a lone value counts as an array of one. */
export function items(node: JsonNode | undefined): JsonNode[] {
  if (!node) return [];
  if (!Array.isArray(node.value)) return [node];
  return node.value.map((value: unknown, at) => ({ value, file: node.file, path: `${node.path}[${at}]` }));
}

/** Members of an object in order, names as written. */
export function entries(node: JsonNode | undefined): [string, JsonNode][] {
  if (!node || !isJsonObject(node.value)) return [];
  return Object.entries(node.value).map(([name, value]) => [
    name,
    { value, file: node.file, path: memberPath(node.path, name) },
  ]);
}

/** Text of a scalar; undefined for anything else. */
export function scalarText(node: JsonNode | undefined): string | undefined {
  const value = node?.value;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return undefined;
}

/** Calls `visit` for every text below the node. */
export function walkTexts(node: JsonNode, visit: (text: string, node: JsonNode) => void): void {
  if (typeof node.value === 'string') visit(node.value, node);
  else if (Array.isArray(node.value)) for (const item of items(node)) walkTexts(item, visit);
  else for (const [, child] of entries(node)) walkTexts(child, visit);
}
