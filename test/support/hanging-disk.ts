/** A directory on a file system that can be made to hang, as a network disk does. Needs bindfs and root. */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./until.ts";

/** The kernel must have FUSE, which containers often keep back. */
export const canHang = process.getuid?.() === 0 && existsSync("/dev/fuse");

export type HangingDisk = AsyncDisposable & {
  /** A directory on it that is not there yet. */
  readonly path: string;
  /** From now on nothing on it is answered. */
  freeze(): void;
  thaw(): void;
};

export async function hangingDisk(): Promise<HangingDisk> {
  const parent = await mkdtemp(join(tmpdir(), "test-hanging-"));
  const [real, mounted] = [join(parent, "real"), join(parent, "mounted")];
  await mkdir(real);
  await mkdir(mounted);
  // Nothing is answered from the kernel's memory: what was read before would not hang.
  const server = Bun.spawn(["bindfs", "-f", "-o", "direct_io", real, mounted], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  const isMounted = () => readFileSync("/proc/mounts", "utf8").includes(mounted);
  await until(isMounted, { what: "the disk is mounted" });
  return {
    path: join(mounted, "data"),
    freeze: () => server.kill("SIGSTOP"),
    thaw: () => server.kill("SIGCONT"),
    [Symbol.asyncDispose]: async () => {
      server.kill("SIGCONT");
      await Bun.spawn(["umount", "--lazy", mounted]).exited;
      server.kill();
      await server.exited;
      await rm(parent, { recursive: true, force: true });
    },
  };
}
