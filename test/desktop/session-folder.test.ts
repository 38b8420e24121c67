/** The folder of a private session, against programs and users that share `/tmp` with its host. */
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, statSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isRoot, sessionUser } from "../../src/desktop/session-user.ts";
import { command } from "../support/programs.ts";

const stranger = 12_345;
const script = join(import.meta.dir, "../support/session-folder-process.ts");
let base = "";

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "test-"));
  await chmod(base, 0o1777);
});

afterEach(() => rm(base, { recursive: true }));

const take = (...prefix: string[]) => takeWith([], ...prefix);

async function takeWith(words: readonly string[], ...prefix: string[]): Promise<string> {
  const env = ["env", `TMPDIR=${base}`, `XDG_RUNTIME_DIR=${base}`];
  return await command(...env, ...prefix, process.execPath, script, ...words);
}

/** As a host that was killed left it. */
async function leaveFolder(owner: number): Promise<string> {
  const host = Bun.spawn(["true"]);
  await host.exited;
  const path = join(base, `onglass-session-${host.pid}-1`);
  await mkdir(path);
  await chown(path, owner, owner);
  return path;
}

test("a session's folder and its files are the session's alone", async () => {
  const folder = await take();
  for (const path of [folder, join(folder, "config"), join(folder, "program")]) {
    const { uid, mode } = statSync(path);
    expect(uid).toBe(sessionUser());
    expect(mode & 0o077).toBe(0);
  }
});

test.skipIf(!isRoot())("the folder changes hands only when its files are written", async () => {
  // This root gets into no folder of another user.
  const caps = "-dac_override,-dac_read_search";
  const folder = await take("setpriv", `--bounding-set=${caps}`, `--inh-caps=${caps}`);
  expect(statSync(join(folder, "program")).uid).toBe(sessionUser());
});

test("the folder of a killed host is removed, and nothing that a link in it leads to", async () => {
  const left = await leaveFolder(sessionUser());
  const kept = join(base, "kept");
  await mkdir(kept);
  await writeFile(join(kept, "file"), "");
  await symlink(kept, join(left, "link"));
  await take();
  expect(existsSync(left)).toBe(false);
  expect(existsSync(join(kept, "file"))).toBe(true);
});

test("a folder that a host left before it changed hands is removed", async () => {
  const left = await leaveFolder(process.getuid?.() ?? sessionUser());
  await take();
  expect(existsSync(left)).toBe(false);
});

test.skipIf(!isRoot())("a folder that another user named like a session's stays", async () => {
  const left = await leaveFolder(stranger);
  await take();
  expect(existsSync(left)).toBe(true);
});

test.skipIf(!isRoot())("places that another user has taken are passed over", async () => {
  expect(await takeWith(["crowded"])).toEndWith("-5");
});
