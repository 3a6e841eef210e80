import type { Check } from './check.ts';
import { clockCheck } from './clock-check.ts';
import { dataFolderCheck } from './data-folder.ts';
import { diskCheck } from './disk.ts';
import { engineCheck } from './engine.ts';
import { nodeCheck } from './node.ts';
import { platformCheck } from './platform.ts';
import { portCheck } from './port.ts';
import { secretKeyCheck } from './secret-key.ts';
import { serverCheck } from './server.ts';

export const checks = [
  nodeCheck,
  platformCheck,
  engineCheck,
  dataFolderCheck,
  diskCheck,
  secretKeyCheck,
  clockCheck,
  portCheck,
  serverCheck,
] as const satisfies readonly Check[];
