/**
 * Whether an address of this machine is that of the host of a data directory: the process that holds the
 * directory's lock is then the only one that listens there. A tunnel or another host is not.
 */
import { readdir, readFile, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { isLoopbackHost } from "../base/host-names.ts";
import { readFileIfAny } from "../base/read-file.ts";

/** Of `/proc/net/tcp`. */
const listening = "0A";

/** False also where it cannot be known, as for a host in a container or of another user. */
export async function isOwnHost(dataDirectory: string, url: URL): Promise<boolean> {
  if (!isLoopbackHost(url.hostname)) return false;
  const lock = join(dataDirectory, "lock");
  const pid = /^\d+/.exec((await readFileIfAny(lock)) ?? "")?.[0];
  if (pid === undefined) return false;
  const open = await openFilesOf(pid);
  const path = await realpath(lock).catch(() => undefined);
  const sockets = await listenersOn(Number(url.port || (url.protocol === "https:" ? 443 : 80)));
  const isHolder = path !== undefined && open.has(path);
  return isHolder && sockets.length > 0 && sockets.every((socket) => open.has(socket));
}

/** By their paths, sockets as `socket:[1234]`; none of a process that has ended or is another user's. */
async function openFilesOf(pid: string): Promise<ReadonlySet<string>> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch((): string[] => []);
  // What is closed meanwhile has no path.
  const paths = names.map((name) => readlink(join(folder, name)).catch(() => ""));
  return new Set(await Promise.all(paths));
}

/** All sockets that connections to the port may reach, whatever their address. */
async function listenersOn(port: number): Promise<string[]> {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((path) =>
    readFile(path, "latin1").catch(() => ""),
  );
  const lines = (await Promise.all(tables)).flatMap((text) => text.split("\n").slice(1));
  return lines.flatMap((line) => {
    const [, local = "", , state, , , , , , inode] = line.trim().split(/\s+/);
    const isThere = state === listening && Number.parseInt(local.split(":")[1] ?? "", 16) === port;
    return isThere ? [`socket:[${inode}]`] : [];
  });
}
