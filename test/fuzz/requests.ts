/** Queries, paths, headers and bodies at the whole HTTP side, as an operator who has the token. */
import { fakeHost, token } from "../support/fake-host.ts";
import type { Random } from "../support/random.ts";
import type { Parser } from "./parsers.ts";

const api = "/api/v1";
const lines = [
  `GET ${api}/status`,
  `GET ${api}/sessions`,
  `GET ${api}/stats/capture/live?after=3`,
  `GET ${api}/stats/capture/series?points=600&from=0&to=9000`,
  `GET ${api}/stats/recordings`,
  `GET ${api}/stats/recordings/capture-1`,
  `GET ${api}/stats/recordings/capture-1/series?points=2`,
  `DELETE ${api}/stats/recordings/capture-1`,
  `POST ${api}/stats/capture/start`,
  `POST ${api}/stats/capture/stop`,
  `POST ${api}/sessions/3/idr`,
  `POST ${api}/sessions/3/bitrate {"bitrate_kbps":5000}`,
  `GET ${api}/sessions/3`,
  `GET ${api}/clients`,
  `DELETE ${api}/sessions/3`,
  `PATCH ${api}/clients/${"ab".repeat(32)} {"name":"Desk"}`,
  `DELETE ${api}/clients/${"ab".repeat(32)}`,
  `POST ${api}/pairing`,
  `GET ${api}/openapi.json`,
  "GET /api/docs",
  "GET /healthz",
].map((line) => Buffer.from(line));

const { app } = fakeHost();
const text = new TextDecoder();

export const requests: Parser = {
  name: "queries and bodies",
  share: 40_000,
  seeds: lines,
  feed: async (input, random) => {
    const request = requestOf(text.decode(input), random);
    if (request === undefined) return;
    const response = await app.handle(request);
    await response?.body?.cancel();
    if ((response?.status ?? 0) >= 500) {
      throw new Error(`"${request.method} ${request.url}" was answered ${response?.status}`);
    }
  },
};

/** `METHOD PATH BODY`; undefined for what no client could send. */
function requestOf(line: string, random: Random): Request | undefined {
  const [method = "GET", path = "/", ...rest] = line.split(" ");
  const body = rest.join(" ");
  const headers = { host: "localhost:7780", authorization: `Bearer ${token}` };
  const type = random.pick(["application/json", "application/json", "text/plain", ""]);
  const hasBody = method !== "GET" && method !== "HEAD" && body !== "";
  try {
    return new Request(`http://localhost:7780${path}`, {
      method,
      headers: { ...headers, "content-type": type },
      ...(hasBody ? { body } : {}),
    });
  } catch {
    // Neither a URL nor a method: the runtime's own reader refuses it at the socket.
    return undefined;
  }
}
