import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod';
import { z } from 'zod';
import * as schemas from './schemas.ts';

/** Keeps `Connection` as input apart from the export `ConnectionInput` until the names are tidied. */
const mark = '__';

function namedSchemas() {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) {
    if (schema instanceof z.ZodType) registry.add(schema, { id: `${id}${mark}` });
  }
  return registry;
}

/** OpenAPI 3.1 from the route schemas. */
export function registerOpenApi(app: FastifyInstance, version: string): void {
  const schemaRegistry = namedSchemas();
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Sluice',
        version,
        description: 'HTTP API of Sluice. Errors are problem+json (RFC 9457).',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'sluice_session' },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    transform: createJsonSchemaTransform({ schemaRegistry }),
    transformObject: createJsonSchemaTransformObject({ schemaRegistry }),
  });
}

/** Exports of schemas.ts that are inputs by nature keep their name; others get `Request` where they are sent. */
function tidyName(name: string, isInput: boolean): string {
  return isInput && !/(?:Input|Patch)$/.test(name) ? `${name}Request` : name;
}

function referenced(value: unknown): Set<string> {
  const text = JSON.stringify(value);
  return new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map((m) => m[1] ?? ''));
}

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

/** Drops components that nothing refers to (each schema is generated for both directions). */
function withoutUnused(document: Document): Document {
  const all = document.components.schemas;
  const used = referenced(document.paths);
  for (const name of used) for (const inner of referenced(all[name] ?? null)) used.add(inner);
  const names = Object.keys(all).filter((name) => used.has(name));
  const kept = Object.fromEntries(names.sort().map((name) => [name, all[name]]));
  return { ...document, components: { ...document.components, schemas: kept } };
}

/** The finished document; the instance must be ready. Component names are the exports of schemas.ts. */
export function openApiDocument(app: FastifyInstance): Document {
  const raw = withoutUnused(JSON.parse(JSON.stringify(app.swagger())) as Document);
  const text = JSON.stringify(raw).replace(/\b([A-Za-z]+)__(Input)?\b/g, (_, name: string, input?: string) =>
    tidyName(name, input !== undefined),
  );
  return JSON.parse(text) as Document;
}
