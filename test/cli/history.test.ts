/** `onglass history` and `onglass captures keep`: what a host says that cannot record or keep. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { runCaptures } from "../../src/cli/captures.ts";
import { runHistory } from "../../src/cli/history.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";

async function hostThatSays(answer: () => Response) {
  const directory = await tempDirectory();
  await Bun.write(join(directory.path, "token"), "a-token-of-enough-length\n");
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  return {
    args: ["--data-dir", directory.path, "--listen", `127.0.0.1:${server.port}`],
    [Symbol.asyncDispose]: async () => {
      await server.stop(true);
      await directory[Symbol.asyncDispose]();
    },
  };
}

const empty = { bytes: 2_000_000, segments: 1, from_unix_ms: 1, rows_overwritten: 0, sessions: [] };

test("a history that the disk has stopped is not listed as on", async () => {
  const stopped = { disk: "full", reason: "the disk is full" };
  for (const [state, said] of [
    [{ on: true, batches_dropped: 0 }, "on, 2.0 MB"],
    [{ on: false, batches_dropped: 0 }, "off, 2.0 MB"],
    [{ on: true, batches_dropped: 3, stopped }, "stopped: the disk is full, 2.0 MB"],
  ] as const) {
    await using host = await hostThatSays(() => Response.json({ ...empty, ...state }));
    const terminal = new TestTerminal();
    expect(await runHistory(["list", ...host.args], terminal)).toBe(0);
    expect(terminal.stdout.trimEnd().split("\n").at(-1)).toBe(said);
  }
});

test("what a host says in the words of the command is said once", async () => {
  const error = "Cannot keep a capture: the disk is full";
  const problem = { error, code: "recording_not_saved" };
  await using host = await hostThatSays(() => Response.json(problem, { status: 507 }));
  const files = () => new CaptureStore("/nowhere");
  const kept = runCaptures(["keep", ...host.args], new TestTerminal(), files);
  await expect(kept).rejects.toMatchObject({ code: "host_refused", message: error });
});
