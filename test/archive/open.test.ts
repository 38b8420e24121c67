/** Captures of the archive in the console, over the API and by command: listed, and opened whole here. */

import { expect, test } from "bun:test";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { directoryStore } from "../../src/archive/directory-store.ts";
import { ArchiveService, noArchive } from "../../src/archive/service.ts";
import { runArchive } from "../../src/cli/archive.ts";
import { ImportService } from "../../src/import/service.ts";
import type { ArchivedCapture } from "../../src/model/archive.ts";
import type { Archive } from "../../src/ports/archive.ts";
import { CaptureStore } from "../../src/store/capture-store.ts";
import { consoleHostIn, consoleToken } from "../support/console-host.ts";
import { saveFramed } from "../support/framed-capture.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { TestTerminal } from "../support/terminal.ts";
import { until } from "../support/until.ts";
import { hostName, senderOf } from "./support.ts";

/** A host with an archive that another one has sent a capture with rows to. */
async function setUp() {
  const parts = new AsyncDisposableStack();
  const directory = parts.use(await tempDirectory());
  const there = new CaptureStore(join(directory.path, "there", "captures"));
  const id = await saveFramed(there, 300);
  const capture = await there.load(id);
  if (capture === undefined) throw new Error("the capture was not saved");
  const own = { ...capture, meta: { ...capture.meta, host: hostName } };
  const store = directoryStore(join(directory.path, "archive"));
  const rowsPath = await there.frames.filePath(id);
  const given = { captures: [own], store, directory: join(directory.path, "there") };
  const { sender } = await senderOf({ ...given, ...(rowsPath === undefined ? {} : { rowsPath }) });
  sender.look();
  await until(() => sender.status().sent === 1, { what: "the capture is sent" });
  const path = join(directory.path, "here");
  const here = new CaptureStore(join(path, "captures"));
  const imports = new ImportService({
    save: (...saved) => here.save(...saved),
    rowsPath: (one) => here.frames.pathOf(one),
    settleRows: (one) => here.settleRows(one),
    saved: () => undefined,
    remove: (one) => here.remove(one),
    wallMs: () => Date.now(),
  });
  const archive = new ArchiveService({
    ...{ store, sender: { status: () => ({ waiting: 0, sent: 0 }) } },
    list: async () => (await here.list()).captures,
    import: async (document) => (await imports.import(document)).meta,
  });
  return { parts, path, id, here, there, store, archive, own };
}

async function hostWith(path: string, archive: Archive) {
  const host = await consoleHostIn(path, { archive });
  const tokenFile = join(path, "operator");
  await Bun.write(tokenFile, consoleToken);
  await chmod(tokenFile, 0o600);
  const run = async (...args: string[]) => {
    const terminal = new TestTerminal({}, false, 80);
    const flags = ["--host", host.url, "--token-file", tokenFile];
    return { code: await runArchive([...args, ...flags], terminal), stdout: terminal.stdout };
  };
  return { host, run };
}

test("a capture of another host is listed, and opened here once with its rows", async () => {
  const { parts, id, here, there, archive, own } = await setUp();
  await using _ = parts;
  const [listed, ...more] = await archive.list();
  expect([listed?.meta, more]).toEqual([own.meta, []]);
  expect(await archive.list("elsewhere")).toEqual([]);
  const meta = await archive.open(listed?.key ?? "");
  expect(meta.id).toBe(id);
  expect((await here.load(id))?.samples).toEqual(own.samples);
  const rows = async (store: CaptureStore) =>
    (await Bun.file((await store.frames.filePath(id)) ?? "").bytes()).length;
  expect(await rows(here)).toBeGreaterThan((await rows(there)) / 2);
  await archive.open(listed?.key ?? "");
  expect((await here.list()).captures).toHaveLength(1);
});

test("a key that the list does not have opens nothing, wherever it leads", async () => {
  const { parts, archive, store } = await setUp();
  await using _ = parts;
  await store.put("documents/host=x/date=2026-11-28/y-0a1b2c3d.json", new Uint8Array(3));
  for (const key of [
    "",
    "../../etc/passwd",
    "index/host=den/date=2026-11-28/0a1b2c3d.json",
    "documents/host=x/date=2026-11-28/y-0a1b2c3d.json",
  ]) {
    expect(archive.open(key)).rejects.toMatchObject({ code: "not_found" });
  }
});

test("a document that somebody spoiled is refused as such and nothing is saved", async () => {
  const { parts, archive, store, here } = await setUp();
  await using _ = parts;
  const [listed] = await archive.list();
  const key = listed?.key ?? "";
  for (const text of ['{"onglass_capture":1,"capture":{}}', "", "[".repeat(100_000), '{"a":1}']) {
    await store.put(key, new TextEncoder().encode(text));
    const refusal = { code: "recording_refused", values: { reason: "damaged", tool: "onglass" } };
    await expect(archive.open(key)).rejects.toMatchObject(refusal);
  }
  expect((await here.list()).captures).toEqual([]);
});

test("the command lists and opens, and the page shows the same in both languages", async () => {
  const { parts, path, id, archive } = await setUp();
  await using _ = parts;
  const { host, run } = await hostWith(path, archive);
  await using _host = host;
  const { stdout } = await run("list", "--of", hostName);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.every((line) => line.length <= 80)).toBe(true);
  const [shown = ""] = lines[1]?.split(" ") ?? [];
  expect(shown).toBe(`${id}-0a1b2c3d`);
  const [{ key }] = JSON.parse((await run("list", "--json")).stdout);
  expect(key).toEndWith(`/${shown}.json`);
  expect(await run("open", shown)).toEqual({ code: 0, stdout: `${id}\n` });
  expect(await run("open", key)).toEqual({ code: 0, stdout: `${id}\n` });
  expect(run("open", "nothing")).rejects.toMatchObject({ code: "not_found" });
  expect((await run("status")).stdout).toContain("waiting");
  const headers = { authorization: `Bearer ${consoleToken}` };
  const page = async (language: string) =>
    await (
      await fetch(`${host.url}/archive`, { headers: { ...headers, "accept-language": language } })
    ).text();
  expect(await page("en")).toContain("Captures from this host are sent to");
  expect(await page("de")).toContain("Aufzeichnungen dieses Hosts werden an");
  const body = new URLSearchParams({ key: "documents/nothing" });
  const refused = await fetch(`${host.url}/archive/open`, { method: "POST", headers, body });
  expect(refused.status).toBe(422);
});

test("a host without an archive says so, and a store that fails is named", async () => {
  await using directory = await tempDirectory();
  {
    const { host, run } = await hostWith(join(directory.path, "a"), noArchive);
    await using _host = host;
    expect((await run("status")).stdout).toContain("none");
    expect(run("list")).rejects.toThrow("the host was started without --archive");
    const headers = { authorization: `Bearer ${consoleToken}` };
    expect(await (await fetch(`${host.url}/archive`, { headers })).text()).toContain("--archive");
  }
  const failing = {
    ...directoryStore(directory.path),
    list: () => Promise.reject(new Error("off")),
  };
  const archive = new ArchiveService({
    ...{ store: failing, sender: { status: () => ({ waiting: 2, sent: 0, problem: "off" }) } },
    list: () => Promise.resolve([]),
    import: () => Promise.reject(new Error("not asked")),
  });
  const { host, run } = await hostWith(join(directory.path, "b"), archive);
  await using _host = host;
  expect((await run("status")).code).toBe(1);
  const answer = await fetch(`${host.url}/api/v1/archive/captures`, {
    headers: { authorization: `Bearer ${consoleToken}` },
  });
  expect([answer.status, await answer.json()]).toEqual([
    502,
    { error: "Cannot list the archive: off", code: "archive_failed" },
  ]);
});

test("what is wrong with the store is said in the language of the reader", async () => {
  await using directory = await tempDirectory();
  const refused = Object.assign(new Error("test-secret"), { code: "SignatureDoesNotMatch" });
  const archive = new ArchiveService({
    store: { ...directoryStore(directory.path), list: () => Promise.reject(refused) },
    sender: {
      status: () => ({
        ...{ waiting: 2, sent: 0, problem_code: "secret_wrong" },
        problem: "the secret key is wrong",
      }),
    },
    list: () => Promise.resolve([]),
    import: () => Promise.reject(new Error("not asked")),
  });
  const { host } = await hostWith(join(directory.path, "b"), archive);
  await using _ = host;
  for (const [language, text] of [
    ["en", "the secret key is wrong"],
    ["de", "der geheime Schlüssel ist falsch"],
  ] as const) {
    const headers = { authorization: `Bearer ${consoleToken}`, "accept-language": language };
    const page = await (await fetch(`${host.url}/archive`, { headers })).text();
    expect(page.split(text)).toHaveLength(3);
    expect(page).not.toContain("test-secret");
    expect(page.includes("secret key")).toBe(language === "en");
  }
});

test("the page of a store that hangs is shown at once, and its list comes into it later", async () => {
  await using directory = await tempDirectory();
  const answer = Promise.withResolvers<readonly ArchivedCapture[]>();
  const { host } = await hostWith(join(directory.path, "b"), {
    status: () => ({ target: "s3://captures/", waiting: 0, sent: 0 }),
    list: () => answer.promise,
    open: () => Promise.reject(new Error("not asked")),
  });
  await using _ = host;
  const get = async (path: string) => {
    const headers = { authorization: `Bearer ${consoleToken}` };
    return await (await fetch(host.url + path, { headers })).text();
  };
  const page = await get("/archive?host=den%26");
  expect(page).toContain("Waiting for the list from s3://captures/…");
  expect(page).toContain('hx-get="/archive/list?host=den%26" hx-trigger="load"');
  const part = get("/archive/list");
  answer.resolve([]);
  expect(await part).toStartWith("<section");
  expect(await part).toContain("The archive has no captures yet.");
});
