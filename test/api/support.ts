/** One request to an app, and its answer in whole. */
import { token } from "../support/fake-host.ts";

type App = { handle(request: Request): Promise<Response | undefined> };
type Options = {
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream;
};

export const withToken = { authorization: `Bearer ${token}` };
export const json = { "content-type": "application/json" };

/** Sends no credentials but those given. */
export async function askBare(app: App, line: string, options: Options = {}): Promise<Response> {
  const [method = "", path = ""] = line.split(" ");
  const headers = { host: "localhost:7780", ...options.headers };
  const init = { method, headers, ...(options.body === undefined ? {} : { body: options.body }) };
  const response = await app.handle(new Request(`http://localhost:7780${path}`, init));
  if (response === undefined) throw new Error(`"${line}" became a WebSocket`);
  return response;
}

export function ask(app: App, line: string, options: Options = {}): Promise<Response> {
  return askBare(app, line, { ...options, headers: { ...withToken, ...options.headers } });
}

/** Status and body: text, or what its JSON says. */
export async function read(response: Response): Promise<unknown[]> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  return [response.status, isJson ? JSON.parse(text) : text];
}
