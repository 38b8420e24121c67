/** A collector of the test's own: keeps what it is sent, and answers as the test says. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Sent = {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};

/** `undefined`: it never answers. */
type Answer = (sent: Sent) => Response | undefined;

export const taken = () => Response.json({ partialSuccess: {} });

/** Ended when disposed. */
export function startCollector(answer: Answer = taken) {
  const sent: Sent[] = [];
  const state = { answer };
  const server = Bun.serve({
    ...{ hostname: "127.0.0.1", port: 0, idleTimeout: 60 },
    fetch: async (request) => {
      const one = {
        path: new URL(request.url).pathname,
        headers: Object.fromEntries(request.headers),
        text: await request.text(),
      };
      sent.push(one);
      return state.answer(one) ?? (await new Promise<Response>(() => undefined));
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    sent,
    /** From the next request on. */
    answerWith: (next: Answer) => {
      state.answer = next;
    },
    of: (signal: string) => sent.filter(({ path }) => path === `/v1/${signal}`),
    [Symbol.dispose]: () => void server.stop(true),
  };
}

/** Files that the outside reader reads, a request each, named by signal. */
export function writeSent(directory: string, sent: readonly Sent[]): void {
  mkdirSync(directory, { recursive: true });
  for (const [index, { path, text }] of sent.entries()) {
    writeFileSync(join(directory, `${path.replace("/v1/", "")}-${index}.json`), text);
  }
}
