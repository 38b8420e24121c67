/** Reaches into a running process for its UDP socket, so that a test can make the kernel's buffer small. */
import { dlopen, ptr } from "bun:ffi";
import { readdir, readFile, readlink } from "node:fs/promises";

const pidfdOpen = 434;
const pidfdGetfd = 438;
const solSocket = 1;
const soSndbuf = 7;

/** Down to the kernel's least, some four packets. Needs root. */
export async function shrinkSendBuffer(pid: number, port: number): Promise<void> {
  const libc = dlopen("libc.so.6", {
    syscall: { args: ["i64", "i64", "i64", "i64"], returns: "i64" },
    setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
    close: { args: ["i32"], returns: "i32" },
  });
  const { syscall, setsockopt, close } = libc.symbols;
  const process = Number(syscall(pidfdOpen, pid, 0, 0));
  const socket = Number(syscall(pidfdGetfd, process, await socketOf(pid, port), 0));
  if (process < 0 || socket < 0) throw new Error(`Cannot reach the socket of process ${pid}`);
  const size = Int32Array.of(1);
  if (setsockopt(socket, solSocket, soSndbuf, ptr(size), 4) !== 0) {
    throw new Error("Cannot make the send buffer small");
  }
  close(socket);
  close(process);
  libc.close();
}

/** File descriptor of the UDP socket that is bound to `port` in that process's network. */
async function socketOf(pid: number, port: number): Promise<number> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  const tables = await Promise.all(
    ["udp", "udp6"].map((name) => readFile(`/proc/${pid}/net/${name}`, "utf8")),
  );
  const line = tables
    .join("\n")
    .split("\n")
    .find((each) => each.includes(`:${hex} `));
  const inode = line?.trim().split(/\s+/)[9];
  for (const fd of await readdir(`/proc/${pid}/fd`)) {
    const target = await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "");
    if (target === `socket:[${inode}]`) return Number(fd);
  }
  throw new Error(`Cannot find the UDP socket of port ${port} in process ${pid}`);
}
