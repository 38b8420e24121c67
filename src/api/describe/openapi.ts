/**
 * Makes valid OpenAPI 3.0.3 from the swagger plugin's output: it labels its document so, and fills
 * it with JSON Schema's `$id`, `const` and `anyOf` of constants, with `$id` in answers, and with
 * media types that the routes do not speak. The answers of the guard and the request gate are added
 * to every route here, because no route declares them. Pure.
 */
import { failures } from "../../base/failure-codes.ts";
import { exampleOf } from "./example.ts";

/** Anything that JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | Tree;
/** An object of a document that is being built. */
export type Tree = { readonly [key: string]: Json };

/** With the first code of this status, and the description of the status as its text. */
function problemContent(status: string): Tree {
  const code =
    Object.entries(failures).find(
      ([, row]) => "status" in row && row.status === Number(status),
    )?.[0] ?? "internal";
  const example = { error: reasons[status] ?? `Status ${status}`, code };
  return { "application/json": { schema: { $ref: "#/components/schemas/Problem" }, example } };
}
const reasons: Readonly<Record<string, string>> = {
  200: "Done",
  204: "Done; no content",
  400: "The request is malformed",
  401: "The credentials are missing or wrong",
  403: "The request comes from another origin, or with a read-only token",
  404: "Not found",
  206: "A part of the file, as the Range header asks",
  304: "The file is the one that If-None-Match names",
  405: "The address takes other methods; Allow names them",
  409: "Not possible in the current state",
  411: "The body came without a Content-Length",
  413: "The body is too large",
  414: "The URL is too long",
  415: "The body is not JSON",
  416: "The range lies outside the file",
  421: "The Host header names another host",
  422: "A value is out of range; the text names its field",
  429: "Too many are open",
  500: "Something failed inside the host",
  502: "The archive cannot be used; the text says why",
  503: "Not possible now; the text says why",
  507: "A capture could not be saved and is held",
};

/** @param document the plugin's answer, parsed */
export function normalise(document: Tree): Tree {
  const components = treeIn(document, "components");
  // A shape is written out where it is defined; everywhere else its name refers to it.
  const schemas = mapTree(treeIn(components, "schemas"), (schema) =>
    fixSchema(withoutId(schema as Tree)),
  );
  return {
    ...document,
    paths: mapTree(treeIn(document, "paths"), (item) =>
      mapTree(item as Tree, (operation, method) =>
        withExamples(fixOperation(operation as Tree, method), schemas),
      ),
    ),
    components: { ...components, schemas },
  };
}

/** An example for the request body, and for each answer. */
function withExamples(operation: Tree, schemas: Tree): Tree {
  const { requestBody, responses } = operation;
  const body = isTree(requestBody) ? { requestBody: withExample(requestBody, schemas) } : {};
  const answers = mapTree(treeIn(operation, "responses"), (response, status) =>
    Number(status) >= 400 ? (response as Tree) : withExample(response as Tree, schemas),
  );
  return { ...operation, ...body, ...(responses === undefined ? {} : { responses: answers }) };
}

function withExample(sent: Tree, schemas: Tree): Tree {
  if (!isTree(sent.content)) return sent;
  const content = mapTree(sent.content, (media) => {
    const example = exampleOf(treeIn(media as Tree, "schema"), schemas);
    return example === undefined ? media : { ...(media as Tree), example };
  });
  return { ...sent, content };
}

function fixOperation(operation: Tree, method: string): Tree {
  const { parameters, requestBody, responses, ...rest } = operation;
  const fixed: Record<string, Json> = { ...rest };
  const own = isList(parameters) ? (parameters as readonly Tree[]) : [];
  if (own.length > 0) fixed.parameters = own.map(fixParameter);
  if (isTree(requestBody)) {
    fixed.requestBody = { ...requestBody, content: oneMedia(treeIn(requestBody, "content")) };
  }
  const refusals = refusalsOf({
    isOpen: isList(operation.security) && operation.security.length === 0,
    isChange: method !== "get",
    hasQuery: own.some((parameter) => parameter.in === "query"),
    hasBody: isTree(requestBody),
  });
  const all: Tree = { ...refusals, ...treeIn(operation, "responses") };
  fixed.responses = mapTree(all, (response, status) => fixResponse(response as Tree, status));
  return fixed;
}

type Traits = Readonly<Record<"isOpen" | "isChange" | "hasQuery" | "hasBody", boolean>>;

/** Possible answers of the guard, the request gate and the check of the input. */
function refusalsOf({ isOpen, isChange, hasQuery, hasBody }: Traits): Tree {
  const statuses = ["405", "414", "421", "500"];
  if (!isOpen) statuses.push("401");
  if (isChange && !isOpen) statuses.push("403");
  if (hasBody) statuses.push("400", "411", "413", "415");
  if (hasBody || hasQuery) statuses.push("422");
  return Object.fromEntries(statuses.map((status) => [status, {}]));
}

function fixParameter(parameter: Tree): Tree {
  const { schema, ...rest } = parameter;
  const { description: _, ...fixed } = fixSchema(schema as Tree);
  return { ...rest, schema: fixed };
}

/** The plugin puts the keywords of an answer's schema into the answer itself. */
function fixResponse(response: Tree, status: string): Tree {
  const reason = reasons[status] ?? `Status ${status}`;
  if (Number(status) >= 400) return { description: reason, content: problemContent(status) };
  const { content, description, contentMediaType } = response;
  if (!isTree(content)) return { description: reason };
  return {
    description: typeof description === "string" ? description : reason,
    content: oneMedia(content, contentMediaType),
  };
}

/** The plugin lists three media types if a route does not name its parser. */
function oneMedia(content: Tree, media: Json = "application/json"): Tree {
  const [first] = Object.values(content);
  return { [String(media)]: { schema: fixSchema(treeIn(first as Tree, "schema")) } };
}

/** Names that are not known beforehand; OpenAPI 3.0 has no pattern for them. */
function fixNames(patterns: Tree): Tree {
  const [value] = Object.values(patterns);
  return { additionalProperties: fixSchema(value as Tree) };
}

function fixSchema(schema: Tree): Tree {
  if (typeof schema.$id === "string") return reference(schema.$id);
  if (typeof schema.$ref === "string") return reference(schema.$ref);
  const { const: constant, anyOf, contentMediaType: _, patternProperties, ...rest } = schema;
  if (isTree(patternProperties)) return { ...rest, ...fixNames(patternProperties) };
  if (constant !== undefined) return { ...rest, enum: [constant] };
  if (isList(anyOf)) return { ...rest, ...fixUnion(anyOf as readonly Tree[]) };
  const fixed: Record<string, Json> = { ...rest };
  if (isTree(schema.properties)) {
    fixed.properties = mapTree(schema.properties, (one) => fixSchema(one as Tree));
  }
  if (isTree(schema.items)) fixed.items = fixSchema(schema.items);
  return fixed;
}

/** Constants of one type are an enumeration; "or null" is a keyword of its own. */
function fixUnion(members: readonly Tree[]): Tree {
  const real = members.filter((one) => one.type !== "null");
  const [first] = real;
  if (real.length < members.length) return { ...fixUnion(real), nullable: true };
  if (first !== undefined && real.length === 1) return fixSchema(first);
  const isEnum = real.every((one) => one.const !== undefined && one.type === first?.type);
  if (!isEnum) return { anyOf: real.map(fixSchema) };
  return { type: first?.type ?? "string", enum: real.map((one) => one.const ?? "") };
}

function reference(name: string): Tree {
  return { $ref: name.startsWith("#/") ? name : `#/components/schemas/${name}` };
}

function withoutId(schema: Tree): Tree {
  const { $id: _, ...rest } = schema;
  return rest;
}

function mapTree(tree: Tree, change: (value: Json, key: string) => Json): Tree {
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, change(value, key)]));
}

function treeIn(tree: Tree, key: string): Tree {
  const value = tree[key];
  return isTree(value) ? value : {};
}

function isTree(value: Json | undefined): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
