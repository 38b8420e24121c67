/** Commands that ask a running host, here or elsewhere: what they print, change and end with. */
import { expect, spyOn, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { runCapture } from "../../src/cli/capture.ts";
import { runCaptures } from "../../src/cli/captures.ts";
import { runEncoders } from "../../src/cli/encoders.ts";
import { runSettings } from "../../src/cli/settings.ts";
import { runSources } from "../../src/cli/sources.ts";
import { runSessions, runStatus } from "../../src/cli/status.ts";
import { openCaptureStore } from "../../src/store/capture-store.ts";
import { type ConsoleHost, consoleHostIn, consoleToken } from "../support/console-host.ts";
import { emptyHistory } from "../support/fake-history.ts";
import { saveFramed } from "../support/framed-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";

type Command = (args: readonly string[], terminal: TestTerminal) => Promise<number> | number;

async function setUp() {
  const directory = await tempDirectory();
  const here = await tempDirectory();
  const framesPath = (id: string) => host.store.frames.filePath(id);
  const history = { ...emptyHistory, framesPath };
  const host: ConsoleHost = await consoleHostIn(directory.path, { history });
  const tokenFile = join(here.path, "token-of-the-host");
  await Bun.write(tokenFile, consoleToken);
  await chmod(tokenFile, 0o600);
  const flags = ["--host", host.url, "--token-file", tokenFile];
  const run = async (command: Command, ...args: string[]) => {
    const terminal = new TestTerminal();
    const code = await command([...args, ...flags], terminal);
    return { code, stdout: terminal.stdout, stderr: terminal.stderr };
  };
  const store = openCaptureStore(join(here.path, "data"));
  const captures: Command = (args, terminal) => runCaptures(args, terminal, () => store);
  return {
    ...{ host, run, store, captures, flags, directory: here.path },
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

test("status and sessions print what the host is doing, as text and as one line of JSON", async () => {
  await using made = await setUp();
  const status = await made.run(runStatus);
  expect(status.stdout).toContain("version");
  expect(JSON.parse((await made.run(runStatus, "--json")).stdout)).toMatchObject({
    host: "test-host",
  });
  const sessions = await made.run(runSessions);
  expect(sessions.stdout.split("\n")[0]).toContain("CLIENT");
  expect(Array.isArray(JSON.parse((await made.run(runSessions, "--json")).stdout))).toBe(true);
});

test("a setting is changed and read back; what cannot be is refused as wrong usage", async () => {
  await using made = await setUp();
  const set = await made.run(runSettings, "set", "fps_cap=30", "bitrate_follows_link=off");
  expect(set.stdout).toContain("fps_cap");
  expect((await made.run(runSettings, "get", "fps_cap")).stdout).toBe("30\n");
  expect((await made.run(runSettings, "get")).stdout).toContain("pacing_share");
  const one = await made.run(runSettings, "get", "fps_cap", "--json");
  expect(JSON.parse(one.stdout)).toEqual({ fps_cap: 30 });
  const all = await made.run(runSettings, "get", "--json");
  expect(JSON.parse(all.stdout)).toMatchObject({ revision: 1, fps_cap: 30, pacing_share: 0.5 });
  for (const words of [
    ["set"],
    ["set", "fps_cap"],
    ["set", "fps_cap=fast"],
    ["set", "x=1"],
    ["get", "x"],
    // What only the host can know.
    ["set", "encoder_preset=sometimes"],
    ["set", "parity_percent_min=40", "parity_percent_max=20"],
  ]) {
    const code = await made
      .run(runSettings, ...words)
      .catch((error: { code?: string }) => error.code);
    expect([words, code]).toEqual([words, "usage"]);
  }
  expect(made.host.settings.current().fps_cap).toBe(30);
});

test("a capture is started, stopped and recorded, and one that runs is left alone", async () => {
  await using made = await setUp();
  expect((await made.run(runCapture, "stop")).code).toBe(1);
  expect((await made.run(runCapture, "start")).stdout).toStartWith("recording");
  const refused = await made.run(runCapture, "record", "--seconds", "1").catch((error) => error);
  expect(refused).toMatchObject({ code: "already_recording" });
  expect(made.host.recorder.status().armed).toBe(true);
  const stopped = await made.run(runCapture, "stop");
  expect(stopped.stdout).toMatch(/^\d{4}-\d{2}-\d{2}T[\w-]+\n$/);
  const recorded = await made.run(runCapture, "record", "--seconds", "1", "--json");
  expect(JSON.parse(recorded.stdout)).toMatchObject({ sample_count: 0 });
  for (const words of [["record"], ["record", "--seconds", "0"], ["start", "--seconds", "3"]]) {
    const code = await made
      .run(runCapture, ...words)
      .catch((error: { code?: string }) => error.code);
    expect([words, code]).toEqual([words, "usage"]);
  }
});

test("a recording that the host ends early is found, and what was started since is left alone", async () => {
  await using made = await setUp();
  const { recorder } = made.host;
  const recording = made.run(runCapture, "record", "--seconds", "1");
  await until(() => recorder.status().armed, { what: "the capture runs" });
  const saved = await recorder.stop();
  await recorder.start();
  const { code, stdout, stderr } = await recording;
  expect([code, stdout]).toEqual([1, `${saved?.id}\n`]);
  expect(stderr).toContain("ended early");
  expect(recorder.status().armed).toBe(true);
});

test("a token that is revoked while it records ends the command, which says what is left and how to stop it", async () => {
  await using made = await setUp();
  const { recorder, access } = made.host;
  const { id, token } = await access.create({ name: "deploy", rights: "operator" });
  const tokenFile = join(made.directory, "deploy.token");
  await Bun.write(tokenFile, token);
  await chmod(tokenFile, 0o600);
  const args = ["record", "--seconds", "600", "--host", made.host.url, "--token-file", tokenFile];
  const terminal = new TestTerminal();
  const recording = runCapture(args, terminal).catch((error: Error) => error);
  await until(() => recorder.status().armed, { what: "the capture runs" });
  await access.revoke(id);
  const failure = await recording;
  expect(failure).toMatchObject({ code: "token_refused" });
  const { message } = failure as Error;
  expect(message).toContain("expired or revoked");
  expect(message).toContain(`\`onglass capture stop --host ${made.host.url}\``);
  expect(terminal.stdout).toBe("");
  expect(recorder.status().armed).toBe(true);
});

test("a recording that someone else stops ends the command at once", async () => {
  await using made = await setUp();
  const { recorder } = made.host;
  const recording = made.run(runCapture, "record", "--seconds", "10800");
  await until(() => recorder.status().armed, { what: "the capture runs" });
  const saved = await recorder.stop();
  const { code, stdout } = await recording;
  expect([code, stdout]).toEqual([1, `${saved?.id}\n`]);
});

test("a recording that the host ended early and is still saving is waited for", async () => {
  await using made = await setUp();
  const { recorder, store } = made.host;
  const [save, list] = [store.save.bind(store), store.list.bind(store)];
  const isLooked = Promise.withResolvers<void>();
  using _save = spyOn(store, "save").mockImplementation(async (...args) => {
    await isLooked.promise;
    return await save(...args);
  });
  using _list = spyOn(store, "list").mockImplementation(() => list().finally(isLooked.resolve));
  const recording = made.run(runCapture, "record", "--seconds", "1");
  await until(() => recorder.status().armed, { what: "the capture runs" });
  const saved = recorder.stop();
  const { code, stdout } = await recording;
  expect([code, stdout]).toEqual([1, `${(await saved)?.id}\n`]);
});

test("a capture is pulled whole and pushed back once, with its rows and its timeline", async () => {
  await using made = await setUp();
  const { host, run, captures, store } = made;
  const id = await saveFramed(host.store, 300);
  await host.store.change(id, { name: "of that host" });
  const pulled = await run(captures, "pull", id);
  expect(pulled.stdout).toBe(`pulled ${id} as ${id}\n`);
  expect((await store.load(id))?.samples).toEqual((await host.store.load(id))?.samples ?? []);
  expect((await store.load(id))?.meta.name).toBe("of that host");
  const rows = async (at: typeof store) =>
    await Bun.file((await at.frames.filePath(id)) ?? "").bytes();
  expect((await rows(store)).length).toBeGreaterThan(1000);
  expect((await run(captures, "pull", id)).stdout).toBe(`${id} is already there\n`);
  expect((await run(captures, "push", id)).stdout).toBe(`${id} is already there\n`);
  expect((await run(captures, "delete", id)).stdout).toBe(`deleted ${id}\n`);
  const pushed = await run(captures, "push", id, "--json");
  expect(JSON.parse(pushed.stdout)).toEqual([{ id, as: id, already_there: false }]);
  expect(Buffer.from(await rows(host.store))).toEqual(Buffer.from(await rows(store)));
  expect((await run(captures, "list")).stdout).toContain(id);
});

test("one id that fails costs its own line, and no id becomes a path", async () => {
  await using made = await setUp();
  const id = await saveFramed(made.host.store, 120);
  const result = await made.run(made.captures, "pull", "../../etc/passwd", id);
  expect([result.code, result.stdout]).toEqual([1, `pulled ${id} as ${id}\n`]);
  expect(result.stderr).toContain('Cannot find capture "../../etc/passwd"');
});

test("a host that refuses the token is asked once, and each capture is reported as not pulled", async () => {
  await using made = await setUp();
  const ids = [await saveFramed(made.host.store, 120), await saveFramed(made.host.store, 120)];
  await Bun.write(join(made.directory, "token-of-the-host"), "revoked-0123456789-0123456789-0123");
  const result = await made.run(made.captures, "pull", ...ids);
  expect([result.code, result.stdout]).toEqual([1, ""]);
  expect(result.stderr.match(/does not accept the token/g)?.length).toBe(1);
  const json = await made.run(made.captures, "pull", ...ids, "--json");
  expect(JSON.parse(json.stdout)).toMatchObject(ids.map((id) => ({ id, code: "token_refused" })));
});

test("captures of another host are named, noted, labelled and made the baseline there", async () => {
  await using made = await setUp();
  const { host, run, captures } = made;
  const id = await saveFramed(host.store, 120);
  expect((await run(captures, "rename", id, "the", "evening")).stdout).toBe(
    `${id} "the evening"\n`,
  );
  await run(captures, "note", id, "slow preset");
  await run(captures, "label", id, "a,b");
  await run(captures, "label", id, "a", "--remove");
  await run(captures, "baseline", id);
  expect((await run(captures, "baseline")).stdout).toBe(`${id}\n`);
  expect((await run(captures, "show", id)).stdout).toContain(`"the evening" #b baseline`);
  const { meta } = (await host.store.load(id)) ?? {};
  expect(meta).toMatchObject({ name: "the evening", note: "slow preset", labels: ["b"] });
  expect((await made.store.list()).captures).toEqual([]);
});

test("rows of another host's capture are exported as those of a file here", async () => {
  await using made = await setUp();
  const { host, run, captures, directory } = made;
  const id = await saveFramed(host.store, 300);
  for (const [name, ...args] of [
    ["frames", "--format", "csv"],
    ["frames", "--format", "json", "--from", "1s"],
    ["export", "--format", "parquet"],
    ["export", "--format", "parquet", "--from", "1s", "--to", "3s"],
    ["export", "--format", "pftrace"],
    ["export", "--format", "json"],
  ] as const) {
    const bytesFrom = async (files: typeof made.store, flags: readonly string[]) => {
      const out = join(directory, "out");
      const words = [name, id, ...args, "--out", out, ...flags];
      expect(await runCaptures(words, new TestTerminal(), () => files)).toBe(0);
      return Buffer.from(await Bun.file(out).bytes());
    };
    const [there, here] = [
      await bytesFrom(made.store, made.flags),
      await bytesFrom(host.store, []),
    ];
    // Its own document is given as it is, the other's as it was read.
    if (args[1] === "json" && name === "export") {
      expect(JSON.parse(there.toString())).toEqual(JSON.parse(here.toString()));
    } else expect([name, args, there.equals(here)]).toEqual([name, args, true]);
  }
  const missing = await run(captures, "frames", "none").catch((error: Error) => error.message);
  expect(missing).toContain('Cannot find the frames of capture "none"');
});

test("a capture of another host is shared as that host makes it", async () => {
  await using made = await setUp();
  const { host, run, captures, directory } = made;
  const id = await saveFramed(host.store, 120);
  const [page, bundle] = [join(directory, "a.html"), join(directory, "a.zip")];
  const text = await run(captures, "share", id, "--out", page, "--language", "de");
  expect([text.code, text.stderr]).toEqual([0, expect.stringContaining("eplaced")]);
  expect(await Bun.file(page).text()).toContain('<html lang="de"');
  const zip = await run(captures, "share", id, "--zip", "--json", "--out", bundle);
  expect(JSON.parse(zip.stdout)).toMatchObject({ file: bundle, bytes: Bun.file(bundle).size });
  const missing = await run(captures, "share", "none").catch((error: Error) => error.message);
  expect(missing).toContain('Cannot find capture "none"');
  expect(missing).toContain(`\`onglass captures list --host ${host.url}\``);
});

test("sources and encoders are those of the other host's machine", async () => {
  await using made = await setUp();
  const { facts } = made.host;
  using _sources = spyOn(facts, "sources").mockResolvedValue([
    { source: "x11::99", width: 640, height: 480 },
  ]);
  using _status = spyOn(facts, "status").mockReturnValue({
    ...facts.status(),
    encoders: [{ codec: "av1", encoder: "av1_of_that_host", available: true } as const],
  });
  expect((await made.run(runSources)).stdout).toContain("x11::99  640x480");
  expect((await made.run(runEncoders)).stdout).toContain("av1_of_that_host");
  const both = await made
    .run(runEncoders, "--encoder", "x264")
    .catch((error: { code?: string }) => error.code);
  expect(both).toBe("usage");
});

test("a document that is not whole is refused, whatever part of it is damaged", async () => {
  await using made = await setUp();
  const id = await saveFramed(made.host.store, 120);
  const capture = await made.host.store.load(id);
  const send = (value: unknown) =>
    fetch(`${made.host.url}/api/v1/stats/import`, {
      method: "POST",
      headers: { authorization: `Bearer ${consoleToken}` },
      body: JSON.stringify(value),
    });
  for (const broken of [
    { onglass_capture: 1 },
    { onglass_capture: 1, capture: { ...capture, samples: [{}] } },
    { onglass_capture: 1, capture, rows: "not base64 at all" },
    { onglass_capture: 1, capture, rows: Buffer.from("PAR1 no parquet PAR1").toString("base64") },
    { onglass_capture: 1, capture, timeline: { version: 1 } },
  ]) {
    const answer = await send(broken);
    const body = (await answer.json()) as { code: string };
    expect([answer.status, body.code]).toEqual([422, "recording_refused"]);
  }
  expect((await made.host.store.list()).captures).toHaveLength(1);
});
