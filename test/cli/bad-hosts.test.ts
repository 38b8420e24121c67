/** Every command that asks another host, against one that answers anything but what a host does. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../../src/base/failure.ts";
import { runArchive } from "../../src/cli/archive.ts";
import { runCapture } from "../../src/cli/capture.ts";
import { runCaptures } from "../../src/cli/captures.ts";
import { runDoctor } from "../../src/cli/doctor.ts";
import { runEncoders } from "../../src/cli/encoders.ts";
import { runExperiment } from "../../src/cli/experiment.ts";
import { runHistory } from "../../src/cli/history.ts";
import { runLink } from "../../src/cli/link.ts";
import { runLogs } from "../../src/cli/logs.ts";
import { runPair } from "../../src/cli/pair.ts";
import { runSettings } from "../../src/cli/settings.ts";
import { runSources } from "../../src/cli/sources.ts";
import { runSessions, runStatus } from "../../src/cli/status.ts";
import { runTimeline } from "../../src/cli/timeline.ts";
import { runToken } from "../../src/cli/token.ts";
import { runWhy } from "../../src/cli/why.ts";
import { openCaptureStore } from "../../src/store/capture-store.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

type Run = (args: readonly string[], terminal: TestTerminal) => Promise<number> | number;

let directory: Awaited<ReturnType<typeof tempDirectory>>;
let tokenFile = "";

beforeAll(async () => {
  directory = await tempDirectory();
  tokenFile = join(directory.path, "token");
  await Bun.write(tokenFile, `${"t".repeat(43)}\n`);
  await chmod(tokenFile, 0o600);
  await Bun.write(join(directory.path, "file.json"), "{}");
});

afterAll(() => directory[Symbol.asyncDispose]());

const captures: Run = (args, terminal) =>
  runCaptures(args, terminal, () => openCaptureStore(join(directory.path, "data")));

const calls: readonly (readonly [string, Run, readonly string[]])[] = [
  ["status", runStatus, []],
  ["sessions", runSessions, []],
  ["settings get", runSettings, ["get"]],
  ["settings set", runSettings, ["set", "fps_cap=30"]],
  ["capture start", runCapture, ["start"]],
  ["capture stop", runCapture, ["stop"]],
  ["capture status", runCapture, ["status"]],
  ["capture record", runCapture, ["record", "--seconds", "1"]],
  ["captures list", captures, ["list"]],
  ["captures show", captures, ["show", "a"]],
  ["captures export", captures, ["export", "a"]],
  [
    "captures export parquet",
    captures,
    ["export", "a", "--format", "parquet", "--out", "/dev/null"],
  ],
  ["captures frames", captures, ["frames", "a"]],
  ["captures share", captures, ["share", "a", "--out", "/dev/null"]],
  ["captures rename", captures, ["rename", "a", "b"]],
  ["captures note", captures, ["note", "a", "b"]],
  ["captures label", captures, ["label", "a", "b"]],
  ["captures baseline", captures, ["baseline"]],
  ["captures baseline ID", captures, ["baseline", "a"]],
  ["captures delete", captures, ["delete", "a"]],
  ["captures compare", captures, ["compare", "a", "b"]],
  ["captures keep", captures, ["keep"]],
  ["captures import", captures, ["import", "file.json"]],
  ["captures pull", captures, ["pull", "a"]],
  ["captures push", captures, ["push", "a"]],
  ["history list", runHistory, ["list"]],
  ["why", runWhy, []],
  ["why ID", runWhy, ["a"]],
  ["experiment", runExperiment, ["--set", "preset=fast,slow"]],
  ["timeline export", runTimeline, ["export"]],
  ["timeline import", runTimeline, ["import", "file.json"]],
  ["timeline replay", runTimeline, ["replay"]],
  ["pair", runPair, []],
  ["pair --pin", runPair, ["--pin", "1234"]],
  ["token make", runToken, ["make", "x"]],
  ["token list", runToken, ["list"]],
  ["token revoke", runToken, ["revoke", "x"]],
  ["link make", runLink, ["make"]],
  ["link list", runLink, ["list"]],
  ["link revoke", runLink, ["revoke", "x"]],
  ["archive status", runArchive, ["status"]],
  ["archive list", runArchive, ["list"]],
  ["archive open", runArchive, ["open", "documents/host=a/date=b/c.json"]],
  ["logs", runLogs, []],
  ["logs --follow", runLogs, ["--follow"]],
  ["doctor", runDoctor, []],
  ["sources", runSources, []],
  ["encoders", runEncoders, []],
];

/** Done, or nothing to do, where a host answers without a value. */
const mute = new Set(["captures delete", "capture stop"]);

const steering = "\u001b]0;owned\u0007\u001b[31m";
const json = { headers: { "content-type": "application/json" } };
const answers: Readonly<Record<string, (request: Request) => Response>> = {
  "a page": () => new Response("<html>Welcome to the hotel</html>"),
  "half of a JSON": () => new Response('{"host":"den","se', json),
  null: () => new Response("null", json),
  "an empty body": () => new Response(""),
  "no content": () => new Response(null, { status: 204 }),
  bytes: () => new Response(new Uint8Array(4096).fill(0xff)),
  "500 with a page": () => new Response("<h1>Bad gateway</h1>", { status: 500 }),
  "500 with a text that steers terminals": () =>
    new Response(JSON.stringify({ error: steering, code: steering }), { status: 500, ...json }),
  "another place": () => Response.redirect("http://127.0.0.1:9/stolen"),
};

test("every command fails with a reason when the answer breaks off in its middle", async () => {
  using server = Bun.listen({
    ...{ hostname: "127.0.0.1", port: 0 },
    socket: {
      data: (socket) => {
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"host":');
      },
    },
  });
  for (const [call, run, args] of calls) {
    const url = `http://127.0.0.1:${server.port}`;
    const { text, code, terminal } = await outcomeOf(run, args, url);
    expect([call, code]).toEqual([call, 1]);
    expect([call, (text + terminal.stderr).length > 0]).toEqual([call, true]);
  }
}, 60_000);

test.each(Object.keys(answers))(
  "every command fails with a reason when it is answered with %s",
  async (name) => {
    using server = Bun.serve({
      ...{ hostname: "127.0.0.1", port: 0 },
      fetch: (request) => answers[name]?.(request) ?? new Response(),
      error: () => new Response(null, { status: 503 }),
    });
    for (const [call, run, args] of calls) {
      const { text, code, terminal } = await outcomeOf(run, args, server.url.origin);
      // What has no value in its answer may be done with a host that says nothing.
      const isMute = name === "no content" && mute.has(call);
      expect([call, isMute || code]).toEqual([call, isMute || 1]);
      const said = text + terminal.stderr + (isMute ? terminal.stdout : "");
      expect([call, said.length > 0]).toEqual([call, true]);
      for (const shown of [terminal.stdout, terminal.stderr]) expect(shown).not.toContain("\u001b");
      expect([call, text]).not.toEqual([call, expect.stringContaining("ttttt")]);
    }
  },
  60_000,
);

/** As `main` ends: a failure is its exit code and its message; what is no failure of ours is a bug. */
async function outcomeOf(run: Run, given: readonly string[], url: string) {
  const terminal = new TestTerminal({ ONGLASS_DATA_DIR: join(directory.path, "data") });
  const words = given.map((word) => (word === "file.json" ? join(directory.path, word) : word));
  const args = [...words, "--host", url, "--token-file", tokenFile];
  try {
    return { code: await run(args, terminal), text: "", terminal };
  } catch (error) {
    if (!(error instanceof Failure))
      throw new Error(`"${given.join(" ")}" threw`, { cause: error });
    return { code: error.code === "usage" ? 2 : 1, text: error.message, terminal };
  }
}
