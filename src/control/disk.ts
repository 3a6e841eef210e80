import { statfs } from 'node:fs/promises';
import type { EventLog } from './events.ts';
import type { SettingStore } from './settings.ts';

export interface DiskState {
  readonly freeBytes: number;
  readonly totalBytes: number;
  readonly watermarkBytes: number;
  readonly collectionPaused: boolean;
}

export interface DiskWatch {
  /** Measures again; emits an event when collection pauses or goes on. */
  check(): Promise<DiskState>;
  readonly state: () => DiskState;
}

type Measure = (folder: string) => Promise<{ freeBytes: number; totalBytes: number }>;

const measureDisk: Measure = async (folder) => {
  const s = await statfs(folder);
  return { freeBytes: s.bavail * s.bsize, totalBytes: s.blocks * s.bsize };
};

/** Collection goes on only when a tenth more than the watermark is free again, so that it does not flutter. */
const resumeFactor = 1.1;

/** Pauses collection cleanly before the disk is full; queries go on. */
export function createDiskWatch(options: {
  readonly folder: string;
  readonly settings: SettingStore;
  readonly events: EventLog;
  readonly measure?: Measure;
}): DiskWatch {
  const measure = options.measure ?? measureDisk;
  let state: DiskState = {
    freeBytes: Number.MAX_SAFE_INTEGER,
    totalBytes: Number.MAX_SAFE_INTEGER,
    watermarkBytes: 0,
    collectionPaused: false,
  };
  return {
    state: () => state,
    async check() {
      const { diskWatermarkBytes: watermarkBytes } = await options.settings.get();
      const { freeBytes, totalBytes } = await measure(options.folder);
      const limit = state.collectionPaused ? watermarkBytes * resumeFactor : watermarkBytes;
      const collectionPaused = freeBytes < limit;
      const changed = collectionPaused !== state.collectionPaused;
      state = { freeBytes, totalBytes, watermarkBytes, collectionPaused };
      if (changed) await options.events.emit(diskEvent(state, options.folder));
      return state;
    },
  };
}

function diskEvent(state: DiskState, folder: string) {
  const free = `${Math.round(state.freeBytes / 1024 / 1024)} MB free on the disk of ${folder}`;
  return state.collectionPaused
    ? {
        kind: 'disk.low',
        severity: 'error' as const,
        message: `Collection is paused: ${free}, below the watermark. Free space or lower the watermark; nothing is lost, it goes on by itself.`,
        data: { ...state },
      }
    : {
        kind: 'disk.recovered',
        severity: 'info' as const,
        message: `Collection goes on: ${free}.`,
        data: { ...state },
      };
}
