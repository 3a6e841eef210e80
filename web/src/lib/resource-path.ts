/** Reads the dotted paths of a DataConnectorsGrid (`properties.sqsUrls[0]`) from a connection resource, names compared without case. */
export function readPath(resource: unknown, path: string): string {
  let at: unknown = resource;
  for (const part of path.split(/[.[\]]+/).filter(Boolean)) {
    if (Array.isArray(at)) {
      at = at[Number(part)];
      continue;
    }
    if (typeof at !== 'object' || at === null) return '';
    const entry = Object.entries(at).find(([key]) => key.toLowerCase() === part.toLowerCase());
    at = entry?.[1];
  }
  if (at === undefined || at === null) return '';
  return typeof at === 'object' ? JSON.stringify(at) : String(at);
}

/** The cell of a grid column: the values of all pollers, each once. */
export function gridValues(resources: readonly unknown[], path: string): string[] {
  return [...new Set(resources.map((resource) => readPath(resource, path)).filter((text) => text !== ''))];
}
