/** The API over a real recorder and a real directory, on a real socket. */
import { expect, test } from "bun:test";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { StatsEvent } from "../../src/ports/stats.ts";
import { fakeHost } from "../support/fake-host.ts";
import { nativeSession, recorderIn, sampleOf } from "../support/recorder-parts.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { ask, read, withToken } from "./support.ts";

const base = "/api/v1/stats";

async function hostIn(path: string) {
  const parts = recorderIn(path);
  await parts.store.prepare();
  const { app } = fakeHost({ stats: parts.recorder, recordings: parts.store });
  app.listen({ hostname: "127.0.0.1", port: 0 });
  const { recorder } = parts;
  return {
    ...parts,
    app,
    url: `http://127.0.0.1:${app.server?.port}`,
    record(count: number) {
      const id = recorder.registerSession(nativeSession);
      for (let index = 0; index < count; index++) {
        parts.clock.advanceMs(2000);
        recorder.pushSample(id, sampleOf({ fps: index }));
      }
    },
    [Symbol.asyncDispose]: async () => {
      await app.stop(true);
      await parts[Symbol.asyncDispose]();
    },
  };
}

test("a recording is answered with the very bytes of its file", async () => {
  await using directory = await tempDirectory();
  await using host = await hostIn(directory.path);
  await ask(host.app, `POST ${base}/capture/start`);
  host.record(100);
  const [, meta] = await read(await ask(host.app, `POST ${base}/capture/stop`));
  const { id } = meta as { id: string };
  const response = await fetch(`${host.url}${base}/recordings/${id}`, { headers: withToken });
  const file = Bun.file(join(directory.path, "captures", `${id}.json`));
  expect(Buffer.from(await response.bytes()).equals(Buffer.from(await file.bytes()))).toBe(true);
  const { headers } = response;
  expect([headers.get("content-type"), headers.get("content-disposition")]).toEqual([
    "application/json",
    `inline; filename="${id}.json"`,
  ]);
  const head = await fetch(`${host.url}${base}/recordings/${id}`, {
    method: "HEAD",
    headers: withToken,
  });
  expect([head.status, head.headers.get("content-length")]).toEqual([200, String(file.size)]);
  expect(await read(await ask(host.app, `GET ${base}/recordings`))).toEqual([200, [meta]]);
  expect((await ask(host.app, `DELETE ${base}/recordings/${id}`)).status).toBe(204);
  expect((await ask(host.app, `GET ${base}/recordings/${id}`)).status).toBe(404);
});

test("no id reaches a file outside the captures", async () => {
  await using directory = await tempDirectory();
  await using host = await hostIn(directory.path);
  await Bun.write(join(directory.path, "secret.json"), '{"meta":{},"samples":[]}');
  await mkdir(join(directory.path, "captures", "sub"));
  await Bun.write(join(directory.path, "captures", "sub", "in.json"), "{}");
  const ids = [
    "..%2fsecret",
    "%2e%2e%2fsecret",
    "..%5csecret",
    "sub%2fin",
    "sub",
    "..",
    "%2e%2e",
    ".",
    "a%00",
    encodeURIComponent(join(directory.path, "secret")),
    "x".repeat(129),
  ];
  for (const id of ids) {
    for (const method of ["GET", "DELETE"]) {
      const headers = { ...withToken };
      const { status } = await fetch(`${host.url}${base}/recordings/${id}`, { method, headers });
      expect([method, id, [404, 405].includes(status)]).toEqual([method, id, true]);
    }
  }
  expect(await Bun.file(join(directory.path, "secret.json")).exists()).toBe(true);
});

test("a capture that cannot be saved is a 507, is kept, and is saved once it can be", async () => {
  await using directory = await tempDirectory();
  await using host = await hostIn(directory.path);
  await ask(host.app, `POST ${base}/capture/start`);
  host.record(2);
  // A file where the directory has to be: root could write into any directory.
  const captures = join(directory.path, "captures");
  await Bun.$`rmdir ${captures} && touch ${captures}`.quiet();
  const [status, problem] = await read(await ask(host.app, `POST ${base}/capture/stop`));
  expect([status, (problem as { code: string }).code]).toEqual([507, "capture_not_saved"]);
  expect(JSON.stringify(problem)).not.toContain(directory.path);
  const refused = await read(await ask(host.app, `POST ${base}/capture/start`));
  expect([refused[0], (refused[1] as { code: string }).code]).toEqual([507, "capture_held"]);
  const [, live] = await read(await ask(host.app, `GET ${base}/capture/live`));
  expect((live as { samples: unknown[] }).samples).toHaveLength(2);
  await Bun.$`rm ${captures}`.quiet();
  const [saved, meta] = await read(await ask(host.app, `POST ${base}/capture/stop`));
  expect([saved, (meta as { sample_count: number }).sample_count]).toEqual([200, 2]);
});

test("serving a large recording many times does not make the host grow with it", async () => {
  await using directory = await tempDirectory();
  await using host = await hostIn(directory.path);
  const bytes = 60_000_000;
  const text = JSON.stringify({ meta: {}, samples: [], filler: "x".repeat(bytes) });
  await Bun.write(join(directory.path, "captures", "large.json"), text);
  const measure = () => process.memoryUsage().rss;
  // Another process reads, or its own buffers would be counted here.
  const curl = async () => {
    const header = `Authorization: ${withToken.authorization}`;
    const out = Bun.$`curl -sS -H ${header} ${host.url}${base}/recordings/large -o /dev/null -w %{size_download}`;
    return Number(await out.text());
  };
  expect(await curl()).toBe(text.length);
  Bun.gc(true);
  const before = measure();
  for (let turn = 0; turn < 8; turn++) await curl();
  expect(measure() - before).toBeLessThan(bytes);
});

test("the recorder's own events reach the stream", async () => {
  await using directory = await tempDirectory();
  await using host = await hostIn(directory.path);
  const seen: StatsEvent["kind"][] = [];
  using _ = host.recorder.subscribe(({ kind }) => seen.push(kind));
  const response = await ask(host.app, `GET ${base}/stream`);
  const reader = response.body?.getReader();
  await ask(host.app, `POST ${base}/capture/start`);
  host.record(1);
  await ask(host.app, `POST ${base}/capture/stop`);
  let text = "";
  while (text.split("\n\n").length <= seen.length + 1) {
    text += new TextDecoder().decode((await reader?.read())?.value);
  }
  await reader?.cancel();
  const kinds = [...text.matchAll(/^event: (\w+)$/gm)].map(([, kind]) => kind);
  expect(kinds).toEqual(["status", ...seen.map((kind) => (kind === "added" ? "recording" : kind))]);
});

test("a recording answers 304, HEAD and one range with its state's tag", async () => {
  await using directory = await tempDirectory();
  await using host = await hostIn(directory.path);
  await ask(host.app, `POST ${base}/capture/start`);
  host.record(3);
  const [, meta] = await read(await ask(host.app, `POST ${base}/capture/stop`));
  const { id } = meta as { id: string };
  const file = Bun.file(join(directory.path, "captures", `${id}.json`));
  const text = await file.text();
  const get = (headers: Record<string, string> = {}, method = "GET") => {
    const url = `${host.url}${base}/recordings/${id}`;
    return fetch(url, { method, headers: { ...withToken, ...headers } });
  };
  const etag = (await get()).headers.get("etag") ?? "";
  expect(etag).toMatch(/^"[\d.-]+"$/);
  for (const tags of [etag, `"other", W/${etag}`, "*"]) {
    const known = await get({ "if-none-match": tags });
    expect([known.status, await known.text(), known.headers.get("etag")]).toEqual([304, "", etag]);
  }
  expect((await get({ "if-none-match": '"other"' })).status).toBe(200);
  const head = await get({}, "HEAD");
  expect([head.headers.get("content-length"), head.headers.get("etag")]).toEqual([
    String(file.size),
    etag,
  ]);
  const ranges: [range: string, status: number, body: string | undefined][] = [
    ["bytes=0-9", 206, text.slice(0, 10)],
    [`bytes=${text.length - 5}-`, 206, text.slice(-5)],
    ["bytes=-7", 206, text.slice(-7)],
    ["bytes=5-999999999", 206, text.slice(5)],
    ["bytes=9-5", 200, text],
    ["bytes=0-1,4-5", 200, text],
    [`bytes=${text.length}-`, 416, undefined],
    ["bytes=-0", 416, undefined],
  ];
  for (const [range, status, body] of ranges) {
    const answer = await get({ range });
    const said = await answer.text();
    expect([range, answer.status, body === undefined ? undefined : said]).toEqual([
      range,
      status,
      body,
    ]);
  }
  const stale = await get({ range: "bytes=0-9", "if-range": '"other"' });
  expect([stale.status, await stale.text()]).toEqual([200, text]);
});

test("JSON that is nested 5,000 deep is malformed, 64 deep is read", async () => {
  const { app } = fakeHost();
  const line = "POST /api/v1/sessions/3/bitrate";
  const headers = { "content-type": "application/json" };
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  const deep = await read(await ask(app, line, { headers, body: nested(5000) }));
  expect(deep).toMatchObject([400, { code: "malformed" }]);
  const shallow = await read(await ask(app, line, { headers, body: nested(64) }));
  expect(shallow).toMatchObject([422, { code: "out_of_range" }]);
});
