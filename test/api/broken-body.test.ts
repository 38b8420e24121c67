import { expect, test } from "bun:test";
import { onWarning } from "../../src/base/log.ts";
import { consoleHostIn } from "../support/console-host.ts";
import { fakeHost } from "../support/fake-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { ask, askBare, json, read } from "./support.ts";

test("a body that breaks off is the client's fault, not the host's", async () => {
  const { app } = fakeHost();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.error(new Error("The connection was closed")),
  });
  const answer = await ask(app, "POST /api/v1/sessions/3/bitrate", { headers: json, body });
  expect(await read(answer)).toMatchObject([400, { code: "malformed" }]);
});

test("sign-ins that break off are answered 400 and warn nobody", async () => {
  await using directory = await tempDirectory();
  await using host = await consoleHostIn(directory.path);
  const warned: string[] = [];
  using _following = onWarning((event) => warned.push(event));
  for (const path of ["/sign-in", "/language"]) {
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => controller.error(new Error("The connection was closed")),
    });
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await askBare(host.app, `POST ${path}`, { headers, body });
    expect(answer.status).toBe(400);
  }
  expect(warned).toEqual([]);
});
