import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { writeDurableFile } from '../core/durable-file.ts';
import { SluiceError, toSluiceError } from '../core/errors.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';

/** Raised when files in the data folder change their place or meaning. */
const layoutVersion = 1;

interface Layout {
  readonly layout: number;
  readonly workspaceId: string;
}

/** An opened data folder; nobody else can open it until `close` or the end of this process, however it ends. */
export interface DataFolder {
  readonly path: string;
  /** The `TenantId` of every row: a guid, made once. */
  readonly workspaceId: string;
  readonly stateFile: string;
  readonly archiveFolder: string;
  readonly engineFolder: string;
  readonly secretKeyFile: string;
  close(): void;
}

/**
 * Creates the folder (mode 0700) where it is missing, checks its layout and takes its lock.
 * @param options.waitMs how long to wait for another holder to end; 0 refuses at once
 * @throws SluiceError DATA_FOLDER, DATA_FOLDER_NEWER, DATA_FOLDER_LOCKED
 */
export async function openDataFolder(
  path: string,
  options: { readonly clock: Clock; readonly waitMs?: number },
): Promise<DataFolder> {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw toSluiceError(error, {
      code: 'DATA_FOLDER',
      message: `${path} cannot be created`,
      hint: 'Check its owner, mode and free space.',
    });
  }
  // The layout is checked before the lock is taken: a newer layout may lock in another way.
  readLayout(path);
  const lock = await lockFolder(path, { clock: options.clock, waitMs: options.waitMs ?? 0 });
  try {
    const layout = readLayout(path) ?? createLayout(path);
    return describe(path, layout, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function describe(path: string, layout: Layout, lock: FolderLock): DataFolder {
  return {
    path,
    workspaceId: layout.workspaceId,
    stateFile: join(path, 'state.db'),
    archiveFolder: join(path, 'archive'),
    engineFolder: join(path, 'engine'),
    secretKeyFile: join(path, 'secret.key'),
    close: () => lock.release(),
  };
}

function layoutFile(path: string): string {
  return join(path, 'layout.json');
}

function createLayout(path: string): Layout {
  const layout: Layout = { layout: layoutVersion, workspaceId: randomUUID() };
  writeDurableFile(layoutFile(path), `${JSON.stringify(layout)}\n`);
  return layout;
}

function readLayout(path: string): Layout | undefined {
  const file = layoutFile(path);
  if (!existsSync(file)) return undefined;
  const layout = parseLayout(readFileSync(file, 'utf8'), file);
  if (layout.layout > layoutVersion) {
    throw new SluiceError({
      code: 'DATA_FOLDER_NEWER',
      message: `${path} has layout ${layout.layout}, this program knows ${layoutVersion}`,
      hint: 'Install the newer version again, or point Sluice at another data folder.',
    });
  }
  return layout;
}

function parseLayout(text: string, file: string): Layout {
  try {
    const value = JSON.parse(text) as Partial<Layout>;
    if (typeof value.layout === 'number' && typeof value.workspaceId === 'string') return value as Layout;
  } catch {
    // Falls through to the same refusal: a file that is no JSON is as unusable as one without the members.
  }
  throw new SluiceError({
    code: 'DATA_FOLDER',
    message: `${file} is damaged`,
    hint: 'Restore it from a backup; it holds the layout version and the workspace id.',
  });
}
