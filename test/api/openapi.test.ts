/** The document: checked in, valid for two public validators, and true to the routes. */
import { beforeAll, expect, test } from "bun:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Glob } from "bun";
import { openApiText } from "../../src/api/describe/document.ts";
import { fakeHost } from "../support/fake-host.ts";
import { ask, read } from "./support.ts";

type Operation = {
  operationId?: string;
  tags?: string[];
  summary?: string;
  security?: unknown[];
  parameters?: { in: string; name: string; required: boolean }[];
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
};
type Document = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, unknown>; securitySchemes: Record<string, unknown> };
  security: unknown[];
};

let document: Document;
let operations: { line: string; operation: Operation }[];

beforeAll(async () => {
  document = JSON.parse(await openApiText());
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      line: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );
});

test("openapi.json is what the routes say (`onglass openapi > openapi.json` renews it)", async () => {
  expect(await Bun.file("openapi.json").text()).toBe(await openApiText());
});

test("one public validator accepts the document", async () => {
  const result = await new Validator().validate(JSON.parse(await openApiText()));
  expect(result).toEqual({ valid: true });
});

test("another public validator accepts it, warnings and all", async () => {
  const env = { ...Bun.env, REDOCLY_TELEMETRY: "off", REDOCLY_SUPPRESS_UPDATE_NOTICE: "true" };
  const program = Bun.fileURLToPath(import.meta.resolve("@redocly/cli/bin/cli.js"));
  const command = [process.execPath, program, "lint"];
  const rule = ["--skip-rule=no-unused-components", "--format=json", "openapi.json"];
  const lint = Bun.spawn([...command, ...rule], { env, stderr: "pipe" });
  const found = JSON.parse(await new Response(lint.stdout).text());
  expect(found.problems).toEqual([]);
  expect(await lint.exited).toBe(0);
});

test("every route of the API is in the document, and nothing else is", () => {
  const { app } = fakeHost();
  const hidden = /^\/api\/docs|openapi\.json$|^\/moq$/;
  const routes = app.routes
    .filter(({ path }) => !hidden.test(path))
    .map(({ method, path }) => `${method} ${path.replace(":id", "{id}")}`);
  expect(operations.map(({ line }) => line).sort()).toEqual(routes.sort());
});

test("the seven operations of the recorder have their names", () => {
  const named = operations.map(({ line, operation }) => `${line} ${operation.operationId}`);
  const base = "/api/v1/stats";
  expect(named).toEqual(
    expect.arrayContaining([
      `POST ${base}/capture/start stats_capture_start`,
      `POST ${base}/capture/stop stats_capture_stop`,
      `GET ${base}/capture/status stats_capture_status`,
      `GET ${base}/capture/live stats_capture_live`,
      `GET ${base}/recordings stats_recordings_list`,
      `GET ${base}/recordings/{id} stats_recording_get`,
      `DELETE ${base}/recordings/{id} stats_recording_delete`,
    ]),
  );
});

test("every operation says its name, group, purpose and every refusal", () => {
  const problem = { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } };
  for (const { line, operation } of operations) {
    expect([line, operation.operationId?.match(/^[a-z_]+$/) !== null]).toEqual([line, true]);
    expect([line, operation.tags?.length, (operation.summary ?? "") !== ""]).toEqual([
      line,
      1,
      true,
    ]);
    const isOpen = operation.security?.length === 0;
    expect([line, "401" in operation.responses]).toEqual([line, !isOpen]);
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (Number(status) >= 400)
        expect([line, status, content]).toMatchObject([line, status, problem]);
    }
  }
  const names = operations.map(({ operation }) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
});

test("only what is open in the app is open in the document", () => {
  const open = operations.filter(({ operation }) => operation.security?.length === 0);
  expect(open.map(({ line }) => line)).toEqual(["GET /healthz"]);
  expect(document.security).toEqual([{ bearer: [] }, { session: [] }]);
});

test("every shape has its name, and stands under it wherever it is used", async () => {
  const names: string[] = [];
  for (const path of new Glob("src/model/*.ts").scanSync()) {
    const exported: Record<string, unknown> = await import(`../../${path}`);
    for (const shape of Object.values(exported)) {
      const { $id } = Object(shape) as { $id?: string };
      if ($id !== undefined) names.push($id);
    }
  }
  names.sort();
  expect(Object.keys(document.components.schemas).sort()).toEqual(names);
  const text = JSON.stringify(document);
  expect(text).not.toContain("$id");
  expect(document.components.schemas.Capture).toEqual({
    additionalProperties: true,
    description: "A capture; meta comes first in the file",
    type: "object",
    required: ["meta", "samples"],
    properties: {
      meta: { $ref: "#/components/schemas/CaptureMeta" },
      samples: { type: "array", items: { $ref: "#/components/schemas/StatsSample" } },
    },
  });
});

test("ids in paths are described as what they are", () => {
  const withId = operations.filter(({ line }) => line.includes("{id}"));
  expect(withId.length).toBeGreaterThan(5);
  for (const { line, operation } of withId) {
    const id: object = { in: "path", name: "id", required: true, schema: { type: "string" } };
    expect([line, operation.parameters?.[0] as object]).toEqual([line, id]);
  }
});

test("the host gives the same document to everybody who is signed in", async () => {
  const { app } = fakeHost();
  const answer = await read(await ask(app, "GET /api/v1/openapi.json"));
  expect(answer).toEqual([200, document]);
});

test("every operation has a description and an example", () => {
  type Media = Readonly<Record<string, { readonly example?: unknown }>>;
  type Sent = { readonly content?: Media };
  type Described = {
    readonly description?: string;
    readonly requestBody?: Sent;
    readonly responses: Readonly<Record<string, Sent>>;
  };
  const lacking: string[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, described] of Object.entries(item as Record<string, Described>)) {
      const sent = [described.requestBody, ...Object.values(described.responses)];
      const bodies = sent.flatMap((one) => Object.values(one?.content ?? {}));
      const isWhole = (described.description ?? "").length > 20 && bodies.length > 0;
      if (!isWhole || bodies.some(({ example }) => example === undefined)) {
        lacking.push(`${method} ${path}`);
      }
    }
  }
  expect(lacking).toEqual([]);
});
