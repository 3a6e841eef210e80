import type { AtlassianSimulator } from './index.ts';

/** Connections that make a good demo of this simulator, as for `POST /api/v1/connections`. */
export function demoConnections(simulator: Pick<AtlassianSimulator, 'baseUrl' | 'credentials'>) {
  const { baseUrl, credentials } = simulator;
  const product = { baseUrl, userEmail: credentials.email, apiToken: credentials.apiToken };
  // A demo should move while one looks at it: windows of a minute, half a minute behind.
  const options = { queryWindowMinutes: 1, delayMinutes: 0.5 };
  return [
    { definitionId: 'SluiceJiraAudit', name: 'jira-demo', parameters: product, start: '30d', options },
    {
      definitionId: 'SluiceConfluenceAudit',
      name: 'confluence-demo',
      parameters: product,
      start: '30d',
      options,
    },
    {
      definitionId: 'SluiceOrganizationAudit',
      name: 'organization-demo',
      parameters: { baseUrl, organizationId: credentials.orgId, apiKey: credentials.orgApiKey },
      start: '30d',
      options,
    },
  ];
}
