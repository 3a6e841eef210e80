/** Word lists for the things that people in the demo company create and change. */
export const topics = (
  'Payments Treasury Onboarding Mobile Platform Billing Compliance Search Notifications Reporting Warehouse Identity ' +
  'Checkout Partner Support Migration Analytics Incident Release Research'
).split(' ');

export const apps = [
  { name: 'Draw Anything', vendor: 'Example Diagrams Ltd' },
  { name: 'Time Sheets Pro', vendor: 'Clockwork Example' },
  { name: 'Release Notes Builder', vendor: 'Northwind Tools' },
  { name: 'Macro Suite', vendor: 'Example Macros' },
  { name: 'Automation for Teams', vendor: 'Acme Labs' },
] as const;

export const issueTypes = ['Bug', 'Story', 'Task', 'Epic', 'Change', 'Incident'];
export const statuses = ['To Do', 'In Progress', 'In Review', 'Blocked', 'Done'];
export const jiraPermissions = [
  'Browse Projects',
  'Administer Projects',
  'Delete Issues',
  'Edit Issues',
  'Assign Issues',
  'Manage Sprints',
];
export const globalPermissions = [
  'Administer Jira',
  'Browse users and groups',
  'Share dashboards and filters',
  'Make bulk changes',
];
export const spacePermissions = [
  'VIEWSPACE',
  'EDITSPACE',
  'EXPORTSPACE',
  'SETSPACEPERMISSIONS',
  'REMOVEPAGE',
  'COMMENT',
  'CREATEATTACHMENT',
];
export const wikiPermissions = ['USECONFLUENCE', 'CREATESPACE', 'ADMINISTRATECONFLUENCE', 'PERSONALSPACE'];
export const fieldTypes = [
  'Text Field (single line)',
  'Select List (single choice)',
  'Date Picker',
  'Number Field',
  'User Picker',
];
export const pageTitles = [
  'Runbook',
  'Minutes',
  'Decision record',
  'Roadmap',
  'Onboarding guide',
  'Post-incident review',
  'Budget',
  'Architecture',
];
