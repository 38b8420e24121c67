/** The sound of a film that a Moonlight player hears: on which speakers, and when. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { appsFor } from "../../src/gamestream/http/apps.ts";
import { decodeLuma } from "../support/decode.ts";
import { startTestHost } from "../support/gamestream-client/host.ts";
import { Player, type PlayOptions } from "../support/gamestream-client/player.ts";
import { command } from "../support/programs.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

const size = { width: 320, height: 180 };

async function play(path: string, options: Partial<PlayOptions> = {}) {
  const apps = appsFor([`file:${path}`]);
  const host = await startTestHost({ apps });
  const http = await host.pairedPlayer("first");
  const appId = apps[0]?.id ?? 0;
  const player = await Player.play({ basePort: host.basePort, http, appId, ...size, ...options });
  return {
    player,
    host,
    [Symbol.asyncDispose]: async () => {
      player.kill();
      await host[Symbol.asyncDispose]();
    },
  };
}

/** Two seconds, over and over; white and loud from one second on, for a tenth. */
async function flashAndBeep(path: string): Promise<string> {
  const during = "between(t,1,1.1)";
  const picture = `color=black:s=320x180:r=30:d=2,drawbox=c=white:t=fill:enable='${during}'`;
  const sound = `aevalsrc='${during}*0.5*sin(2*PI*880*t)':s=48000:d=2`;
  const inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound];
  await command("ffmpeg", "-v", "error", ...inputs, "-c:v", "libx264", "-c:a", "flac", path);
  return path;
}

/** When something begins, in ms: the first of each run. */
function begins(moments: readonly { atMs: number; isOn: boolean }[]): number[] {
  return moments.flatMap(({ atMs, isOn }, index) =>
    isOn && moments[index - 1]?.isOn === false ? [atMs] : [],
  );
}

test("a beep is heard with its flash, although the player listens only after 1.5 s of the film", async () => {
  await using directory = await tempDirectory();
  const path = await flashAndBeep(join(directory.path, "film.mkv"));
  await using session = await play(path);
  const { player, host } = session;
  await until(() => player.frames.length >= 90, { what: "1.5 s are seen" });
  await player.listen(host.basePort);
  await until(() => player.frames.length >= 360, {
    what: "two more passes are seen",
    deadlineMs: 30_000,
  });
  const stream = Buffer.concat(player.frames.map(({ unit }) => unit));
  const pictures = await decodeLuma(stream, { ...size, format: "h264" });
  const flashes = begins(
    player.frames.map(({ atMs }, index) => ({ atMs, isOn: (pictures[index]?.data[0] ?? 0) > 128 })),
  );
  const beeps = begins(
    player.audio.heard.map(({ atMs, peaks }) => ({ atMs, isOn: (peaks[0] ?? 0) > 0.1 })),
  );
  expect(beeps.length).toBeGreaterThanOrEqual(2);
  const apart = beeps.map((beep) => Math.min(...flashes.map((flash) => Math.abs(flash - beep))));
  // A packet and a frame, each on its way, on a machine with other work.
  expect(Math.min(...apart)).toBeLessThan(50);
  expect(Math.max(...apart)).toBeLessThan(150);
}, 60_000);

test("a player with 5.1 hears the rear left of a film in 5.1 there only", async () => {
  await using directory = await tempDirectory();
  const path = join(directory.path, "film.mkv");
  const inputs = ["-f", "lavfi", "-i", "color=black:s=320x180:r=30:d=2"];
  const sound = ["-f", "lavfi", "-i", "aevalsrc=0|0|0|0|0.3*sin(880*t)|0:s=48000:c=5.1:d=2"];
  const codecs = ["-c:v", "libx264", "-c:a", "flac"];
  await command("ffmpeg", "-v", "error", ...inputs, ...sound, ...codecs, path);
  await using session = await play(path, { withAudio: true, channelCount: 6 });
  const { audio } = session.player;
  const sounds = () => audio.heard.filter(({ peaks }) => peaks.some((peak) => peak > 0.1));
  await until(() => sounds().length >= 100, { what: "half a second is heard" });
  const loud = sounds().map(({ peaks }) => peaks.flatMap((peak, at) => (peak > 0.02 ? [at] : [])));
  expect(new Set(loud.map(String))).toEqual(new Set(["4"]));
  expect(audio.checkedBlockCount).toBeGreaterThan(10);
}, 30_000);
