/**
 * The folder of a private session: its sockets and the files it starts from. A session's programs
 * share `/tmp` with the host, so nothing is written to a folder they already own.
 */
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runtimeFolder } from "../base/runtime-folder.ts";
import { asSessionUser, isRoot, plainEnvironment, sessionUser } from "./session-user.ts";

/** Per host at the same time. */
export const sessionCountMax = 4;
/** Names that another user may have taken before. */
const placeCountMax = 16;
const removeMsMax = 2000;

/** Where sessions of this host have their folders. */
export function sessionBase(): string {
  return !isRoot() && existsSync(runtimeFolder()) ? runtimeFolder() : tmpdir();
}

/**
 * A new folder with these files, for the session's user alone. Taken by being made: no two threads get
 * the same. Folders that killed hosts left are removed.
 * @throws Error when this host runs its sessions already, or the files cannot be written
 */
export function takeSessionFolder(files: Readonly<Record<string, string>>): string {
  const base = sessionBase();
  removeLeftFolders(base);
  const folder = makeFolder(base);
  try {
    fillFolder(folder, files);
  } catch (cause) {
    rmSync(folder, { recursive: true, force: true });
    throw cause;
  }
  return folder;
}

/** Of a session of this host, by its folder: no other running one has it. */
export function placeOf(folder: string): number {
  return Number(folder.slice(folder.lastIndexOf("-") + 1));
}

/**
 * Removed with the session's rights: a link in it, or in its place, leads no further than these
 * allow. One that has not changed owner belongs to the host alone, and one of another user stays.
 */
export function removeSessionFolder(folder: string): void {
  if (!isOfSession(folder)) {
    if (isOurs(folder)) rmSync(folder, { recursive: true, force: true });
    return;
  }
  Bun.spawnSync(asSessionUser("rm", "-rf", "--", folder), {
    env: plainEnvironment(),
    timeout: removeMsMax,
    stdio: ["ignore", "ignore", "ignore"],
  });
}

/** The owner is changed last: until then nobody else can enter it. */
function fillFolder(folder: string, files: Readonly<Record<string, string>>): void {
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(folder, name), text, { flag: "wx", mode: 0o600 });
  if (!isRoot()) return;
  for (const path of [...paths, folder]) chownSync(path, sessionUser(), sessionUser());
}

/** A name taken by another user does not count as one of our sessions. */
function makeFolder(base: string): string {
  let ownCount = 0;
  for (let place = 1; place <= placeCountMax && ownCount < sessionCountMax; place++) {
    const folder = join(base, `onglass-session-${process.pid}-${place}`);
    if (tryMakeFolder(folder)) return folder;
    if (isOurs(folder)) ownCount += 1;
  }
  throw new Error(
    ownCount === sessionCountMax
      ? `this host runs ${sessionCountMax} sessions already`
      : `other users have taken its places in "${base}"`,
  );
}

function tryMakeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (cause) {
    if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return false;
    throw cause;
  }
}

/** Left by killed hosts. */
function removeLeftFolders(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^onglass-session-(\d{1,10})-\d{1,2}$/.exec(name)?.[1];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) removeSessionFolder(join(base, name));
  }
}

/** Also one whose owner has not changed yet. */
function isOurs(folder: string): boolean {
  return isOfSession(folder) || ownerOf(folder) === process.getuid?.();
}

function isOfSession(folder: string): boolean {
  return ownerOf(folder) === sessionUser();
}

/** `undefined` if it is not a folder; a link is not followed. */
function ownerOf(folder: string): number | undefined {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true ? stats.uid : undefined;
}
