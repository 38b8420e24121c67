import { expect, test } from "bun:test";
import { fakeHost } from "../support/fake-host.ts";
import { ask, json, read } from "./support.ts";

test("a body that breaks off is the client's fault, not the host's", async () => {
  const { app } = fakeHost();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => controller.error(new Error("The connection was closed")),
  });
  const answer = await ask(app, "POST /api/v1/sessions/3/bitrate", { headers: json, body });
  expect(await read(answer)).toMatchObject([400, { code: "malformed" }]);
});
