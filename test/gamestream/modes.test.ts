/** Modes that players ask for: what is taken, what is refused and how the player learns of it. */
import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { appIdOf, appsFor } from "../../src/gamestream/http/apps.ts";
import { boxArt } from "../../src/gamestream/http/box-art.ts";
import { startTestHost, type TestHost } from "../support/gamestream-client/host.ts";
import type { HttpClient } from "../support/gamestream-client/http-client.ts";
import { announceBody, Player } from "../support/gamestream-client/player.ts";
import { RtspClient } from "../support/gamestream-client/rtsp-client.ts";
import { until } from "../support/until.ts";

let host: TestHost;
let http: HttpClient;

beforeAll(async () => {
  host = await startTestHost({ codecs: ["h264", "hevc"], encoder: "x264" });
  http = await host.pairedPlayer("first");
});
afterEach(async () => {
  await http.secure("/cancel");
  await until(() => host.host.sessions().length === 0, { what: "nobody plays" });
});
afterAll(() => host[Symbol.asyncDispose]());

const launch = (mode: string) =>
  http.secure("/launch", {
    ...{ appid: `${appIdOf("Test picture")}`, mode, rikeyid: "1", corever: "0" },
    rikey: randomBytes(16).toString("hex"),
  });
const refusals = () =>
  host.events.flatMap((event) => (event.kind === "refused" ? [event.reason] : []));

test("5120x1440 plays", async () => {
  using player = await Player.play({
    ...{ basePort: host.basePort, http, width: 5120, height: 1440, fps: 5 },
  });
  await until(() => player.frames.length > 0, { what: "a frame comes", deadlineMs: 20_000 });
  expect(host.host.sessions()[0]).toMatchObject({ width: 5120, height: 1440, fps: 5 });
}, 30_000);

test("a screen of 59.94 Hz is streamed at that rate", async () => {
  using player = await Player.play({ basePort: host.basePort, http, refreshX100: 5994 });
  await until(() => player.frames.length > 10, { what: "frames come" });
  expect(host.host.sessions()[0]?.fps).toBe(59.94);
});

for (const [mode, text] of [
  ["9000x1440x60", 'Cannot encode "9000x1440": sides are even and from 16 to 8192'],
  ["1920x1080x1000", 'Cannot encode "1000" frames per second: the rate is from 1 to 480'],
] as const) {
  test(`${mode} is refused at the launch with a text that the player shows`, async () => {
    const answer = await launch(mode);
    expect(answer.value("gamesession")).toBe("0");
    expect(answer.message.replaceAll("&#34;", '"')).toStartWith(text);
    await until(() => refusals().some((reason) => reason.startsWith(text)), {
      what: "it is reported",
    });
  });
}

test("HEVC is offered for modes that the machine holds, and for no others", async () => {
  const offerFor = async (mode: string) => {
    await launch(mode);
    return (await new RtspClient(host.basePort + 21).ask("DESCRIBE", "/")).body;
  };
  expect(await offerFor("640x360x60")).toContain("sprop-parameter-sets=AAAAAU");
  expect(await offerFor("3840x2160x60")).not.toContain("sprop-parameter-sets=AAAAAU");
  const rtsp = new RtspClient(host.basePort + 21);
  const body = announceBody({ width: 3840, height: 2160, codec: 1 });
  expect((await rtsp.ask("ANNOUNCE", "streamid=control/13/0", body)).status).toContain("400");
  const reason = 'Cannot encode 3840x2160 at 60 fps with "libx265"';
  await until(() => refusals().some((each) => each.startsWith(reason)), { what: "it is reported" });
});

test("an app keeps its number wherever it stands in the list", () => {
  const [first, second] = appsFor(["testsrc", "x11::0"]);
  expect(appsFor(["x11::0", "testsrc"])).toEqual(
    [second, first].filter((app) => app !== undefined),
  );
  const twins = appsFor(["file:/a/film.mp4", "file:/b/film.mp4"]);
  expect(new Set(twins.map(({ id }) => id)).size).toBe(2);
});

test("an app has a picture, and another app another one", async () => {
  const { identity } = http;
  const response = await fetch(
    `https://127.0.0.1:${host.basePort - 5}/appasset?appid=${appIdOf("Test picture")}&AssetType=2`,
    {
      ...{ keepalive: false },
      tls: { cert: identity.certificatePem, key: identity.keyPem, rejectUnauthorized: false },
    },
  );
  expect(response.headers.get("content-type")).toBe("image/png");
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.equals(boxArt(appIdOf("Test picture")))).toBe(true);
  expect(boxArt(1)).not.toEqual(boxArt(2));
  expect((await http.secure("/appasset", { appid: "7" })).status).toBe(404);
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  expect([width, height]).toEqual([200, 266]);
});
