/**
 * Facts about published definitions that these do not say themselves: which fields make a record the same event when seen
 * again, and which is its time. Data, kept beside our connectors (`connectors/<vendor>/overlays.json`); a definition's own
 * word always wins.
 */
import { z } from 'zod';
import { SluiceError } from '../core/errors.ts';
import type { PollerConfig } from './model.ts';

const overlaySchema = z.strictObject({
  /** Regular expression that the path of `apiEndpoint` must match. */
  endpointPath: z.string(),
  /** All of these paths must be among the definition's `eventsJsonPaths` (a trailing `[*]` does not matter). */
  eventsJsonPath: z.string(),
  recordKey: z.strictObject({ paths: z.array(z.string()).min(1), unique: z.boolean() }),
  eventTimePath: z.string().optional(),
});

export type Overlay = z.output<typeof overlaySchema>;

/** @throws SluiceError OVERLAY_INVALID */
export function parseOverlays(text: string, file: string): Overlay[] {
  try {
    const { overlays } = z.strictObject({ overlays: z.array(overlaySchema) }).parse(JSON.parse(text));
    for (const overlay of overlays) new RegExp(overlay.endpointPath);
    return overlays;
  } catch (cause) {
    throw new SluiceError({
      code: 'OVERLAY_INVALID',
      message: `${file} is not a list of overlays`,
      hint: 'Each needs endpointPath, eventsJsonPath and recordKey.',
      place: { file },
      cause,
    });
  }
}

function pathOf(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).pathname : endpoint;
}

const withoutStar = (path: string) => path.replace(/\[\*\]$/, '');

/** The poller with the facts of the first overlay that fits, unless it states its own record key. */
export function applyOverlays(config: PollerConfig, overlays: readonly Overlay[]): PollerConfig {
  if (config.recordKey) return config;
  const path = pathOf(config.request.apiEndpoint);
  const events = config.response.eventsJsonPaths.map(withoutStar);
  const found = overlays.find(
    (o) => new RegExp(o.endpointPath).test(path) && events.includes(withoutStar(o.eventsJsonPath)),
  );
  if (!found) return config;
  return {
    ...config,
    recordKey: found.recordKey,
    ...(found.eventTimePath !== undefined && config.eventTimePath === undefined
      ? { eventTimePath: found.eventTimePath }
      : {}),
  };
}
