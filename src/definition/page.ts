import { deriveUi } from './derived-ui.ts';
import type { ConnectorUi, InputField, TableSchema } from './model.ts';
import type { PackageFile } from './parse.ts';
import type { UiParts } from './ui.ts';

function orDerived<T>(given: readonly T[], derived: readonly T[]): readonly T[] {
  return given.length > 0 ? given : derived;
}

/** The page with its missing parts derived. */
export function completeUi(
  page: UiParts,
  title: string,
  tables: readonly TableSchema[],
  inputs: readonly InputField[],
): ConnectorUi {
  const derived = deriveUi(
    title,
    tables.map((table) => table.name),
    inputs,
  );
  return {
    ...page.ui,
    title: page.title ?? derived.title,
    graphQueries: orDerived(page.ui.graphQueries, derived.graphQueries),
    sampleQueries: orDerived(page.ui.sampleQueries, derived.sampleQueries),
    dataTypes: orDerived(page.ui.dataTypes, derived.dataTypes),
    instructionSteps: orDerived(page.ui.instructionSteps, derived.instructionSteps),
  };
}

/** A logo given as the name of a file of the package is replaced by that file's text. */
export function inlineLogo(page: UiParts, files: readonly PackageFile[]): UiParts {
  const file = files.find(({ file: name }) => name === page.ui.logo && /\.svg$/i.test(name));
  return file ? { ...page, ui: { ...page.ui, logo: file.text } } : page;
}
