/** `onglass why`: the sentence, the causes, and what the verdict does not rest on. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { runWhy } from "../../src/cli/why.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";
import { madeRows } from "../verdict/made-rows.ts";

const session = {
  ...{ session_id: 1, kind: "native", width: 1280, height: 720, fps: 60, codec: "h264" },
  client: "laptop",
};
const history = {
  ...{ on: true, bytes: 0, segments: 1, from_unix_ms: 0, rows_overwritten: 0, batches_dropped: 0 },
  sessions: [
    {
      ...{ id: "1-1", session, running: true, started_unix_ms: 0, duration_ms: 30_000, rows: 1800 },
      ...{ missed: 0, dropped: 0, lost: 0 },
      minutes: { at_ms: [], worst_ms: [], missed: [], lost: [] },
    },
  ],
};
const verdict = {
  ...verdictOf({ stream: { ...session }, rows: madeRows(1800, slow), windows: [] }),
  unread: [{ from_ms: 60_000, to_ms: 75_000 }],
};

function slow(row: number) {
  return row > 900 && row % 20 === 10 ? { encode_us: 40_000 } : {};
}

/** Runs the command against a host that has this one session. */
async function why(...args: string[]) {
  await using directory = await tempDirectory();
  await Bun.write(join(directory.path, "token"), "a-token-of-enough-length\n");
  const asked: string[] = [];
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url }) => {
      const { pathname, search } = new URL(url);
      asked.push(`${pathname}${search}`);
      return Response.json(pathname.endsWith("/verdict") ? verdict : history);
    },
  });
  const terminal = new TestTerminal();
  const place = ["--data-dir", directory.path, "--listen", `127.0.0.1:${server.port}`];
  const code = await runWhy([...place, ...args], terminal);
  return { code, asked, ...terminal };
}

test("it says why in one line, the causes below it, and what could not be read", async () => {
  const { code, stdout } = await why();
  expect(code).toBe(0);
  const [sentence, cause, lack] = stdout.split("\n");
  expect(sentence).toStartWith("laptop: Stutter");
  expect(cause).toContain("Encoder too slow");
  expect(lack).toBe("  Not judged, because it could not be read: 1:00 – 1:15.");
});

test("the last minutes are asked for in seconds", async () => {
  expect((await why("--last", "2m")).asked).toContain("/api/v1/history/1-1/verdict?last_s=120");
});

test("with --json it is the host's answer", async () => {
  expect(JSON.parse((await why("--json")).stdout)).toEqual([JSON.parse(JSON.stringify(verdict))]);
});

test("a session of the history is judged by its ID, a part of it by its times", async () => {
  const { asked, stdout } = await why("1-1", "--from", "1:00", "--to", "90s");
  expect(asked).toContain("/api/v1/history/1-1/verdict?from=60000&to=90000");
  expect(stdout).toStartWith("laptop: Stutter");
});

test.each([
  [["--from", "10s"]],
  [["1-1", "--session", "2"]],
  [["1-1", "--last", "5m"]],
  [["1-1", "--from", "2m", "--to", "1m"]],
])("a range that means nothing is refused: %j", async (args) => {
  expect(await why(...args).catch(({ code }) => code)).toBe("usage");
});
