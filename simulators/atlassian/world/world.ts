import type { World } from './draft.ts';
import { createGroups, createPeople } from './people.ts';
import { createPrng } from './random.ts';

/** The demo company of a seed: its site, organization, people and groups. */
export function createWorld(seed: string): World & { readonly cloudId: string } {
  const prng = createPrng(`${seed}/world`);
  return {
    siteName: 'acme-demo',
    siteHost: 'acme-demo.atlassian.net',
    siteId: prng.uuid(),
    cloudId: prng.uuid(),
    orgId: prng.uuid(),
    directoryName: 'com.atlassian.crowd.directory.IdentityPlatformRemoteDirectory',
    people: createPeople(prng.fork('people'), 240),
    groups: createGroups(prng.fork('groups')),
  };
}
