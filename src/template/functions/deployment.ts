import { templateError } from '../errors.ts';
import { strict, type TemplateFunction, textArg } from '../function.ts';
import type { TemplateScope } from '../scope.ts';
import { type TemplateValue, toText } from '../value.ts';

type Args = readonly TemplateValue[];

function parameters(args: Args, scope: TemplateScope): TemplateValue {
  const name = textArg(args, 0);
  const value = scope.parameter(name);
  if (value === undefined)
    throw templateError('TEMPLATE_PARAMETER_UNKNOWN', `no value was given for '${name}'`);
  return value;
}

function variables(args: Args, scope: TemplateScope): TemplateValue {
  const name = textArg(args, 0);
  const value = scope.variable(name);
  if (value === undefined) throw templateError('TEMPLATE_VARIABLE_UNKNOWN', `there is no variable '${name}'`);
  return value;
}

function groupId(subscription: string, group: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

/** `provider/type/type`, names → `/provider/type/name/type/name`. */
function providerPath(type: string, names: readonly string[]): string {
  const [provider = '', ...types] = type.split('/');
  if (types.length !== names.length)
    throw templateError(
      'TEMPLATE_ARGUMENT',
      `the resource type has ${types.length} levels but ${names.length} names`,
    );
  return `/providers/${provider}${types.map((level, at) => `/${level}/${names[at]}`).join('')}`;
}

/** The type is the first argument with a slash; what stands before it is the group, or subscription and group. */
function resourceId(args: Args, scope: TemplateScope): string {
  const texts = args.map(toText);
  const at = texts.findIndex((text) => text.includes('/'));
  if (at < 0 || at > 2)
    throw templateError('TEMPLATE_ARGUMENT', 'a resource type such as provider/type is wanted');
  const group = at > 0 ? (texts[at - 1] ?? '') : scope.resourceGroupName;
  const subscription = at === 2 ? (texts[0] ?? '') : scope.subscriptionId;
  return `${groupId(subscription, group)}${providerPath(texts[at] ?? '', texts.slice(at + 1))}`;
}

export const deploymentFunctions = {
  parameters: strict('A value given when connecting.', [1, 1], parameters),
  variables: strict('A variable of the template.', [1, 1], variables),
  subscription: strict('Stand-in for the subscription.', [0, 0], (_, scope) => ({
    id: `/subscriptions/${scope.subscriptionId}`,
    subscriptionId: scope.subscriptionId,
    tenantId: scope.subscriptionId,
    displayName: 'sluice',
  })),
  resourceGroup: strict('Stand-in for the resource group.', [0, 0], (_, scope) => ({
    id: groupId(scope.subscriptionId, scope.resourceGroupName),
    name: scope.resourceGroupName,
    location: 'local',
  })),
  resourceId: strict('Identifier of a resource.', [2], resourceId),
  extensionResourceId: strict('Identifier of an extension resource.', [3], (args) => {
    const [base = '', type = '', ...names] = args.map(toText);
    return `${base}${providerPath(type, names)}`;
  }),
} satisfies Record<string, TemplateFunction>;
