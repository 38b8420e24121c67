/** Where a process listens, as the kernel sees it. */
import { readdir, readlink } from "node:fs/promises";

export type Listening = { readonly protocol: string; readonly address: string };

const tables = ["tcp", "tcp6", "udp", "udp6"] as const;
const tcpListening = "0A";

/** TCP sockets that listen and all UDP sockets, each as `<address>:<port>` in the kernel's own hex. */
export async function listeningOf(pid: number): Promise<Listening[]> {
  const inodes = await inodesOf(pid);
  const found: Listening[] = [];
  for (const protocol of tables) {
    const text = await Bun.file(`/proc/${pid}/net/${protocol}`).text();
    for (const line of text.trim().split("\n").slice(1)) {
      const [, address = "", , state, , , , , , inode = ""] = line.trim().split(/\s+/);
      const isOpen = protocol.startsWith("udp") || state === tcpListening;
      if (isOpen && inodes.has(inode)) found.push({ protocol, address });
    }
  }
  return found;
}

async function inodesOf(pid: number): Promise<Set<string>> {
  const inodes = new Set<string>();
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}
