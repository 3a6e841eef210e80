import type { Instruction, InstructionStep } from './model.ts';
import { isJsonObject, items, type JsonNode, member, scalarText } from './tree.ts';

/** `UsernameLabel` → `usernameLabel`, at every level; values stay as they are. */
function camelCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camelCase);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => {
      const trimmed = name.trim();
      return [trimmed.charAt(0).toLowerCase() + trimmed.slice(1), camelCase(child)];
    }),
  );
}

const nested: ReadonlySet<string> = new Set(['instructionsteps', 'instructions', 'innersteps']);

/** Parameters without the nested steps, which have a place of their own in the model. */
function ownParameters(node: JsonNode | undefined): Record<string, unknown> {
  if (!node || !isJsonObject(node.value)) return {};
  const own = Object.entries(node.value).filter(([name]) => !nested.has(name.trim().toLowerCase()));
  return camelCase(Object.fromEntries(own)) as Record<string, unknown>;
}

/** Steps of an option are found at the option's index; the option keeps its label and value only. */
function radioSteps(parameters: JsonNode | undefined): InstructionStep[] {
  return items(member(parameters, 'options')).map((option) => {
    const label = scalarText(member(option, 'label', 'text'));
    return {
      ...(label === undefined ? {} : { title: label }),
      instructions: readInstructions(option),
      innerSteps: [],
    };
  });
}

function readInstruction(node: JsonNode): Instruction {
  const type = scalarText(member(node, 'type'))?.trim() ?? '';
  const parametersNode = member(node, 'parameters');
  const parameters = ownParameters(parametersNode);
  if (type.toLowerCase() !== 'radio')
    return { type, parameters, steps: readSteps(member(parametersNode, 'instructionSteps')) };
  const options = items(member(parametersNode, 'options')).map(ownParameters);
  return { type, parameters: { ...parameters, options }, steps: radioSteps(parametersNode) };
}

function readInstructions(step: JsonNode): Instruction[] {
  return items(member(step, 'instructions')).map(readInstruction);
}

/** `instructionSteps` or `innerSteps`, an array or, as some documents show it, one object (CCF §2.4). */
export function readSteps(node: JsonNode | undefined): InstructionStep[] {
  return items(node)
    .filter((step) => isJsonObject(step.value))
    .map((step) => {
      const title = scalarText(member(step, 'title'));
      const description = scalarText(member(step, 'description'));
      return {
        ...(title ? { title } : {}),
        ...(description ? { description } : {}),
        instructions: readInstructions(step),
        innerSteps: readSteps(member(step, 'innerSteps')),
      };
    });
}

/** Every instruction of the tree, outer ones first; `optional` inside the options of a Radio. */
export function walkInstructions(
  steps: readonly InstructionStep[],
  visit: (instruction: Instruction, optional: boolean) => void,
  optional = false,
): void {
  for (const step of steps) {
    for (const instruction of step.instructions) {
      visit(instruction, optional);
      walkInstructions(instruction.steps, visit, optional || instruction.type.toLowerCase() === 'radio');
    }
    walkInstructions(step.innerSteps, visit, optional);
  }
}
