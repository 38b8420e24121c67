/**
 * The document and a page to read it on. The page's script and style come from this host, under a
 * policy that lets nothing else in: it works without a network.
 */
import { Elysia } from "elysia";
import stylePath from "swagger-ui-dist/swagger-ui.css" with { type: "file" };
import scriptPath from "swagger-ui-dist/swagger-ui-bundle.js" with { type: "file" };

export const docsPath = "/api/docs";
const documentPath = "/api/v1/openapi.json";

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>onglass API</title>
<link rel="stylesheet" href="${docsPath}/swagger-ui.css">
<script src="${docsPath}/swagger-ui-bundle.js" defer></script>
<script src="${docsPath}/start.js" defer></script>
</head>
<body><div id="docs"></div></body>
</html>
`;

/** Without `validatorUrl` the page would show the document to a validator on the net. */
const start = `SwaggerUIBundle({ url: "${documentPath}", dom_id: "#docs", validatorUrl: null });
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
    .get(docsPath, () => answer(page, "text/html; charset=utf-8"), { detail })
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
  const headers = { "content-type": type, "content-security-policy": policy };
  return new Response(body, { headers });
}
