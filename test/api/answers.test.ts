/** What each route answers, as whole objects, and what it asks of the parts. */
import { expect, test } from "bun:test";
import { makeSeries } from "../../src/analysis/series.ts";
import { Failure } from "../../src/base/failure.ts";
import type { Capture } from "../../src/model/capture.ts";
import {
  client,
  fakeHost,
  hostStatus,
  metaOf,
  sampleAt,
  session,
  waitingPlayer,
} from "../support/fake-host.ts";
import { ask, json, read } from "./support.ts";

const idle = {
  armed: false,
  sample_count: 0,
  started_unix_ms: 0,
  kind: "",
  held: false,
  elapsed_ms: 0,
};
const armed = { ...idle, armed: true, started_unix_ms: 1_782_504_843_000 };

const quietSources = {
  sourceState: () => ({ chosen: undefined, askingCount: 0 }),
  log: () => ({ lines: [], next: 0 }),
  sources: async () => [],
};

test("a capture is started, watched, stopped, listed, deleted", async () => {
  const { app, stats } = fakeHost();
  const line = async (text: string) => await read(await ask(app, text));
  const base = "/api/v1/stats";
  expect(await line(`GET ${base}/capture/status`)).toEqual([200, idle]);
  expect(await line(`POST ${base}/capture/start`)).toEqual([200, armed]);
  expect(await line(`POST ${base}/capture/start`)).toEqual([200, armed]);
  stats.push();
  stats.push();
  expect(await line(`GET ${base}/capture/live`)).toEqual([
    200,
    { meta: metaOf("live", 2), samples: [sampleAt(0), sampleAt(1)] },
  ]);
  expect(await line(`GET ${base}/capture/live?after=1`)).toEqual([
    200,
    { meta: metaOf("live", 2), samples: [sampleAt(1)] },
  ]);
  expect(await line(`POST ${base}/capture/stop`)).toEqual([200, metaOf("capture-1", 2)]);
  expect(await line(`POST ${base}/capture/stop`)).toEqual([204, ""]);
  expect(await line(`GET ${base}/recordings`)).toEqual([200, [metaOf("capture-1", 2)]]);
  expect(await line(`DELETE ${base}/recordings/capture-1`)).toEqual([204, ""]);
  expect(await line(`GET ${base}/recordings`)).toEqual([200, []]);
});

test("what is not there is a 404 that says what was looked for", async () => {
  const { app } = fakeHost();
  const lines: Record<string, string> = {
    "GET /api/v1/stats/capture/live": "Cannot show the live capture: nothing is recording",
    "GET /api/v1/stats/recordings/none":
      'Cannot find recording "none": nothing is saved under this id',
    "DELETE /api/v1/stats/recordings/none":
      'Cannot find recording "none": nothing is saved under this id',
    "GET /api/v1/sessions/4": 'Cannot find session "4": no session has this id now',
    "DELETE /api/v1/sessions/4": 'Cannot find session "4": no session has this id now',
    "POST /api/v1/sessions/0x3/idr": 'Cannot find session "0x3": no session has this id now',
    "DELETE /api/v1/clients/../x": 'Cannot find "/api/v1/x": no such address',
    "DELETE /api/v1/clients/abcd": 'Cannot find client "abcd": no such player is paired',
    "GET /api/v1/pairing": "Cannot show the pairing code: none is open",
    "GET /api/v1/nothing": 'Cannot find "/api/v1/nothing": no such address',
    "GET /": 'Cannot find "/": no such address',
  };
  for (const [line, error] of Object.entries(lines)) {
    expect([line, ...(await read(await ask(app, line)))]).toEqual([
      line,
      404,
      { error, code: "not_found" },
    ]);
  }
});

test("host, sessions, clients and pairing answer in whole", async () => {
  const { app, asked, stats } = fakeHost();
  const line = async (text: string) => await read(await ask(app, text));
  expect(await line("GET /healthz")).toEqual([200, "ok"]);
  expect(await line("GET /api/v1/status")).toEqual([200, hostStatus(stats)]);
  expect(await line("GET /api/v1/sessions")).toEqual([200, [session]]);
  expect(await line("GET /api/v1/sessions/3")).toEqual([200, session]);
  expect(await line("POST /api/v1/sessions/3/idr")).toEqual([204, ""]);
  expect(await line("DELETE /api/v1/sessions/3")).toEqual([204, ""]);
  expect(asked).toEqual([
    ["idr", 3],
    ["disconnect", 3],
  ]);
  expect(await line("GET /api/v1/clients")).toEqual([200, [client]]);
  expect(await line(`DELETE /api/v1/clients/${client.id}`)).toEqual([204, ""]);
  const code = {
    code: "CODE",
    expires_unix_ms: 1_782_504_903_000,
    command: "onglass play host:7781 --pair CODE",
  };
  expect(await line("POST /api/v1/pairing")).toEqual([200, code]);
  expect(await line("GET /api/v1/pairing")).toEqual([200, code]);
  expect(await line("DELETE /api/v1/pairing")).toEqual([204, ""]);
  expect((await line("GET /api/v1/pairing"))[0]).toBe(404);
});

test("a paired player is renamed, by a name that can be seen", async () => {
  const { app } = fakeHost();
  const rename = async (id: string, name: string) =>
    await read(
      await ask(app, `PATCH /api/v1/clients/${id}`, {
        body: JSON.stringify({ name }),
        headers: json,
      }),
    );
  const named = (name: string) => [200, { ...client, name }];
  expect(await rename(client.id, "Living room")).toEqual(named("Living room"));
  expect(await rename(client.id, " Ada\u202e’s\n desk ")).toEqual(named("Ada’s desk"));
  expect(await rename(client.id, "é".repeat(64))).toEqual(named("é".repeat(64)));
  for (const name of ["", "\u200b\n", "x".repeat(65)]) {
    expect(await rename(client.id, name)).toMatchObject([422, { code: "out_of_range" }]);
  }
  for (const id of ["abcd", "00".repeat(32)]) {
    const error = `Cannot find client "${id}": no such player is paired`;
    expect(await rename(id, "x")).toEqual([404, { error, code: "not_found" }]);
  }
});

test("a player that waits for its PIN is listed, named by its number and rejected", async () => {
  const { app, asked } = fakeHost();
  const answer = async (text: string, body?: string) =>
    await read(await ask(app, text, body === undefined ? {} : { body, headers: json }));
  const { id } = waitingPlayer;
  const waiting = "/api/v1/pairing/waiting";
  expect(await answer(`GET ${waiting}`)).toEqual([200, [waitingPlayer]]);
  expect((await answer("POST /api/v1/pairing/pin", `{"pin":"1234","id":${id}}`))[0]).toBe(202);
  expect((await answer("POST /api/v1/pairing/pin", `{"pin":"1234","id":${id + 1}}`))[0]).toBe(404);
  expect(await answer(`DELETE ${waiting}/${id}`)).toEqual([204, ""]);
  expect((await answer(`DELETE ${waiting}/${id + 1}`))[0]).toBe(404);
  expect((await answer(`DELETE ${waiting}/0x7`))[0]).toBe(404);
  const { uniqueid } = waitingPlayer;
  expect(asked).toEqual([
    ["pin", "1234", uniqueid, id],
    ["pin", "1234", uniqueid, id + 1],
    ["refuse", id],
    ["refuse", id + 1],
  ]);
});

test("a bitrate is taken from one end of its range to the other", async () => {
  const { app, asked } = fakeHost();
  const send = async (body: string, headers = json) =>
    await read(await ask(app, "POST /api/v1/sessions/3/bitrate", { body, headers }));
  expect(await send('{"bitrate_kbps":200}')).toEqual([204, ""]);
  expect(await send('{"bitrate_kbps":500000}')).toEqual([204, ""]);
  expect(asked).toEqual([
    ["bitrate", 200, 3],
    ["bitrate", 500_000, 3],
  ]);
  const range = {
    error: 'Cannot use "bitrate_kbps" of the body: it takes a whole number from 200 to 500000',
    code: "out_of_range",
  };
  for (const wrong of ["199", "500001", "200.5", '"200"', "null", "[200]", "1e400"]) {
    expect([wrong, ...(await send(`{"bitrate_kbps":${wrong}}`))]).toEqual([wrong, 422, range]);
  }
  expect(await send("{}")).toEqual([422, range]);
  expect(await send('{"bitrate_kbps":200,"more":1}')).toEqual([
    422,
    { error: 'Cannot use "more" of the body: unexpected property', code: "out_of_range" },
  ]);
  expect((await send("null"))[0]).toBe(422);
  expect((await send("[]"))[0]).toBe(422);
  const malformed = { error: "Cannot read the body: it is not JSON", code: "malformed" };
  expect(await send("{")).toEqual([400, malformed]);
  expect(await send("")).toEqual([400, malformed]);
  const type = await send('{"bitrate_kbps":200}', { "content-type": "text/plain" });
  expect(type).toEqual([
    415,
    {
      error: 'Cannot read the body: its Content-Type has to be "application/json"',
      code: "unsupported_media_type",
    },
  ]);
  expect(asked).toHaveLength(2);
});

test("a body is read up to 64 KiB, not a byte further", async () => {
  const { app } = fakeHost();
  const send = async (size: number) => {
    const body = '{"bitrate_kbps":200}'.padEnd(size, " ");
    return (await ask(app, "POST /api/v1/sessions/3/bitrate", { body, headers: json })).status;
  };
  expect([await send(65_536), await send(65_537)]).toEqual([204, 413]);
});

test("a body that nobody may send is not even parsed", async () => {
  const { app } = fakeHost();
  const headers = { ...json, authorization: "Bearer wrong-wrong-wrong" };
  const answer = await ask(app, "POST /api/v1/sessions/3/bitrate", { body: "{", headers });
  expect(answer.status).toBe(401);
});

test("a query out of range is a 422 that names the field", async () => {
  const { app, stats } = fakeHost();
  await stats.start();
  const path = "GET /api/v1/stats/capture/live";
  for (const good of ["", "?after=0", "?after=1000000"]) {
    expect([good, (await ask(app, path + good)).status]).toEqual([good, 200]);
  }
  for (const wrong of ["-1", "1000001", "1.5", "x", "", "0x1", "1e3", "%00", "9".repeat(400)]) {
    expect([wrong, ...(await read(await ask(app, `${path}?after=${wrong}`)))]).toEqual([
      wrong,
      422,
      {
        error: 'Cannot use "after" of the query: it takes a whole number from 0 to 1000000',
        code: "out_of_range",
      },
    ]);
  }
  expect(await read(await ask(app, `${path}?aftr=1`))).toEqual([
    422,
    { error: 'Cannot use "aftr" of the query: unexpected property', code: "out_of_range" },
  ]);
});

test("a refused text is answered with what the field takes, in words", async () => {
  const { app } = fakeHost();
  const send = async (call: string, body: string) =>
    JSON.stringify(await read(await ask(app, call, { body, headers: json })));
  const rights = await send("POST /api/v1/tokens", '{"name":"x","rights":"admin"}');
  expect(rights).toContain(JSON.stringify('it takes "read" or "operator"').slice(1, -1));
  const source = await send("POST /api/v1/streams", '{"source":"color:blue"}');
  expect(source).toMatch(/"source\\" of the body: it takes [^(]/);
  expect(source).not.toContain("(?:");
});

test("a capture that could not be saved is a 507 with its own words", async () => {
  const { app, stats } = fakeHost();
  stats.failure = new Failure("capture_held", 'Cannot save capture "x": the disk is full', {
    cause: new Error("ENOSPC /secret/path"),
  });
  for (const action of ["start", "stop"]) {
    expect(await read(await ask(app, `POST /api/v1/stats/capture/${action}`))).toEqual([
      507,
      { error: 'Cannot save capture "x": the disk is full', code: "capture_held" },
    ]);
  }
});

test("anything unexpected is a 500 that says nothing of the inside", async () => {
  const { app, stats } = fakeHost();
  const inside = [new Error("secret"), new Failure("of_another_layer", "secret")];
  for (const failure of inside) {
    stats.failure = failure;
    const response = await ask(app, "POST /api/v1/stats/capture/start");
    expect(await read(response)).toEqual([
      500,
      { error: "Cannot answer: something failed inside the host", code: "internal" },
    ]);
  }
});

test("an answer that does not fit its shape is our fault, not the caller's", async () => {
  const { stats } = fakeHost();
  const status = () => ({ ...hostStatus(stats), session_count: -1 });
  const { app } = fakeHost({ host: { status, ...quietSources, doctor: async () => [] } });
  expect((await ask(app, "GET /api/v1/status")).status).toBe(500);
});

test("fields that a shape does not name yet come through", async () => {
  const { stats } = fakeHost();
  const more = { ...hostStatus(stats), of_tomorrow: { deep: [1] } };
  const { app } = fakeHost({
    host: { status: () => more, ...quietSources, doctor: async () => [] },
  });
  expect(await read(await ask(app, "GET /api/v1/status"))).toEqual([200, more]);
});

test("series are those of the capture, live or saved", async () => {
  const { app, stats } = fakeHost();
  await stats.start();
  for (let count = 0; count < 10; count++) stats.push();
  const live = await read(await ask(app, "GET /api/v1/stats/capture/series"));
  expect(live).toEqual([200, asJson(makeSeries(stats.live() as Capture))]);
  await stats.stop();
  const saved = stats.saved.get("capture-1") as Capture;
  const path = "GET /api/v1/stats/recordings/capture-1/series";
  expect(await read(await ask(app, path))).toEqual([200, asJson(makeSeries(saved))]);
  const zoom = { points: 2, from: 4000, to: 12_000 };
  expect(await read(await ask(app, `${path}?points=2&from=4000&to=12000`))).toEqual([
    200,
    asJson(makeSeries(saved, zoom)),
  ]);
  expect((await ask(app, "GET /api/v1/stats/capture/series")).status).toBe(404);
  expect((await ask(app, "GET /api/v1/stats/recordings/none/series")).status).toBe(404);
});

test("a series is asked for in 2 to 2,000 points, from before to", async () => {
  const { app, stats } = fakeHost();
  await stats.start();
  const get = async (query: string) =>
    await read(await ask(app, `GET /api/v1/stats/capture/series?${query}`));
  for (const good of ["points=2", "points=2000", "from=5&to=5", "from=864000000", "to=0"]) {
    expect([good, (await get(good))[0]]).toEqual([good, 200]);
  }
  const refused: Record<string, string> = {
    "points=1": '"points" of the query: it takes a whole number from 2 to 2000',
    "points=2001": '"points" of the query: it takes a whole number from 2 to 2000',
    "from=-1": '"from" of the query: it takes a whole number from 0 to 864000000',
    "to=864000001": '"to" of the query: it takes a whole number from 0 to 864000000',
    "from=6&to=5": '"to" of the query: it lies before "from"',
  };
  for (const [query, reason] of Object.entries(refused)) {
    expect([query, ...(await get(query))]).toEqual([
      query,
      422,
      { error: `Cannot use ${reason}`, code: "out_of_range" },
    ]);
  }
});

/** As it is on the wire. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
