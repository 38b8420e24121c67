/**
 * The document, and the script that starts its reader on the console's page. The reader is one of
 * this host's assets: the page works without a network.
 */
import { Elysia } from "elysia";

/** Where the OpenAPI document is. */
export const documentPath = "/api/v1/openapi.json";

/**
 * Without `validatorUrl` the page would send the document to a validator on the internet. Its dark
 * colours depend on a class. The page has a main landmark: that of the reader's own layout becomes
 * a plain box.
 */
const start = `const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", follow);
follow();
const oneMain = ({ React }) => {
  const { createElement } = React;
  React.createElement = (type, ...rest) => createElement(type === "main" ? "div" : type, ...rest);
  return {};
};
SwaggerUIBundle({
  url: "${documentPath}",
  dom_id: "#docs",
  validatorUrl: null,
  defaultModelsExpandDepth: 0,
  plugins: [oneMain],
});
`;

/** The OpenAPI document, and the page that shows it. */
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
    .get("/api/docs/start.js", () => answer(start, "text/javascript; charset=utf-8"), { detail });
}

/** Its code is loaded on the first request. */
async function makeDocument(): Promise<string> {
  const { openApiText } = await import("../describe/document.ts");
  return await openApiText();
}

function answer(body: string, type: string): Response {
  return new Response(body, { headers: { "content-type": type } });
}
