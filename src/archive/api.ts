/** Object store for segments, sidecars and manifests. First implementation: a local folder. Paths use `/`, relative to the root. */
export interface ArchiveStore {
  /** Durable when it resolves (temporary name, fsync, rename, fsync of the folder). Never replaces an object with other bytes. */
  put(path: string, bytes: Uint8Array): Promise<void>;
  /**
   * Adds one line (without its line end) to a log object, durable when it resolves. A stop inside leaves at most one torn
   * last line, which the next append closes off; readers skip lines that do not parse. Manifests only.
   */
  appendLine(path: string, line: string): Promise<void>;
  get(path: string): Promise<Uint8Array>;
  exists(path: string): Promise<boolean>;
  delete(path: string): Promise<void>;
  /** Paths below a prefix, sorted. */
  list(prefix: string): AsyncIterable<string>;
  /** Absolute file name, where the engine can read the object itself. */
  localPath(path: string): string;
}
