import { expect, test } from "bun:test";
import { settingsDefault } from "../../src/model/settings.ts";
import { fakeHost, session } from "../support/fake-host.ts";
import { ask, askBare, json, read } from "./support.ts";

const patch = (change: unknown) => ({ headers: json, body: JSON.stringify(change) });
const line = "PATCH /api/v1/settings";

test("any subset changes what it names, and the whole is answered", async () => {
  const { app, asked } = fakeHost();
  expect(await read(await ask(app, "GET /api/v1/settings"))).toEqual([200, settingsDefault]);
  const change = { bitrate_kbps: 5000, pacing_share: 0.25 };
  const after = { ...settingsDefault, ...change, revision: 1 };
  expect(await read(await ask(app, line, patch(change)))).toEqual([200, after]);
  expect(await read(await ask(app, "GET /api/v1/settings"))).toEqual([200, after]);
  expect(asked).toEqual([["settings", "token"]]);
});

test("a change from the console is the console's", async () => {
  const { app, asked, credentials } = fakeHost();
  const cookie = `onglass_session_7780=${credentials.openSession()}`;
  const headers = { ...json, cookie, "sec-fetch-site": "same-origin" };
  const response = await askBare(app, line, { headers, body: '{"fps_cap":30}' });
  expect(response.status).toBe(200);
  expect(asked).toEqual([["settings", "console"]]);
});

const faults: [unknown, string][] = [
  [{ bitrate_kbps: -1 }, '"bitrate_kbps" of the body: it takes a whole number from 0 to 500000'],
  [{ bitrate_kbps: 500_001 }, '"bitrate_kbps" of the body: it takes a whole number from 0'],
  [{ bitrate_kbps: 199 }, '"bitrate_kbps": it takes 0 or a whole number from 200 to 500000'],
  [{ bitrate_kbps: "5000" }, '"bitrate_kbps" of the body: it takes a whole number from 0'],
  [{ fps_cap: 481 }, '"fps_cap" of the body: it takes a whole number from 0 to 480'],
  [{ fps_cap: 29.97 }, '"fps_cap" of the body: it takes a whole number from 0 to 480'],
  [{ otlp_url: "http://name:password@collector.lan" }, '"otlp_url": it takes an address without'],
  [{ otlp_url: "https://collector.lan/?api-key=1" }, '"otlp_url": it takes an address without'],
  [{ otlp_url: "file:///etc/passwd" }, '"otlp_url": it takes an address without'],
  [{ encoder_preset: "placebo" }, '"encoder_preset": it takes ultrafast, '],
  [{ parity_percent_min: 51 }, '"parity_percent_min" of the body: it takes a whole number from 0'],
  [{ parity_percent_max: 51 }, '"parity_percent_max" of the body: it takes a whole number from 0'],
  [{ parity_percent_min: 9, parity_percent_max: 8 }, "from 0 to parity_percent_max, which is 8"],
  [{ pacing_share: 0.91 }, '"pacing_share" of the body: it takes a number from 0 to 0.9'],
  [{ pacing_share: null }, '"pacing_share" of the body: it takes a number from 0 to 0.9'],
  [{ revision: 3 }, '"revision" of the body'],
];
for (const [change, text] of faults) {
  test(`${JSON.stringify(change)} is refused with field and range`, async () => {
    const { app, asked } = fakeHost();
    const [status, problem] = await read(await ask(app, line, patch(change)));
    expect([status, problem]).toEqual([
      422,
      { code: "out_of_range", error: expect.stringContaining(text) },
    ]);
    expect(asked).toEqual([]);
  });
}

test("a bitrate that a running stream's size does not bear is refused with the least that it takes", async () => {
  const large = { ...session, width: 8192, height: 4320 };
  const asked: number[] = [];
  const sessions = {
    sessions: () => [session, large],
    requestIdr: () => true,
    setBitrate: (_: number, kbps: number) => asked.push(kbps) > 0,
    disconnect: () => true,
  };
  const { app } = fakeHost({ sessions });
  const refusal = (kbps: number) => [
    422,
    {
      error: `Cannot encode at "${kbps}" kbit/s: the rate is whole and from 868 to 500000`,
      code: "invalid_bitrate",
    },
  ];
  const send = async (call: string, kbps: number) =>
    await read(await ask(app, call, patch({ bitrate_kbps: kbps })));
  const one = `POST /api/v1/sessions/${large.session_id}/bitrate`;
  expect(await send(one, 867)).toEqual(refusal(867));
  expect((await send(one, 868))[0]).toBe(204);
  expect(asked).toEqual([868]);
  const all = "PATCH /api/v1/settings";
  expect(await send(all, 867)).toEqual(refusal(867));
  expect((await send(all, 868))[0]).toBe(200);
  expect((await send(all, 0))[0]).toBe(200);
});
