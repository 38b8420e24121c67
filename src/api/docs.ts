/**
 * The document, and the script and style of the console's page to read it on. They come from this
 * host: the page works without a network.
 */
import { Elysia } from "elysia";
import stylePath from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import scriptPath from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };

const docsPath = "/api/docs";
const documentPath = "/api/v1/openapi.json";

/**
 * Without `validatorUrl` the page would show the document to a validator on the net. Its dark colours
 * go by a class.
 */
const start = `const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
SwaggerUIBundle({
  url: "${documentPath}",
  dom_id: "#docs",
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
});
`;

export function docsRoutes() {
  const detail = { hide: true };
  // The document changes only with the program.
  let document: Promise<string> | undefined;
  return new Elysia({ name: "docs" })
    .get(
      documentPath,
      async () => {
        document ??= makeDocument();
        return answer(await document, "application/json");
      },
      { detail },
    )
    .get(`${docsPath}/start.js`, () => answer(start, script), { detail })
    .get(`${docsPath}/swagger-ui-bundle.js`, () => answer(Bun.file(scriptPath), script), { detail })
    .get(`${docsPath}/swagger-ui.css`, () => answer(Bun.file(stylePath), "text/css"), { detail });
}

/** What makes it is loaded when somebody wants it. */
async function makeDocument(): Promise<string> {
  const { openApiText } = await import("./document.ts");
  return await openApiText();
}

const script = "text/javascript; charset=utf-8";

function answer(body: string | Blob, type: string): Response {
  return new Response(body, { headers: { "content-type": type } });
}
