/**
 * A place that can be filled until nothing can be written to it. As root it is a file system of 1 MB
 * in memory, full in earnest. Otherwise the directory is replaced by a file while it is "full":
 * another refusal, the same duty to keep what could not be saved.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type SmallDisk = {
  /** A directory below it, not there yet. */
  readonly path: string;
  /** A file system of its own, whose files are still there when it is full. */
  readonly isReal: boolean;
  /** What the operator reads when it is full. */
  readonly reason: string;
  fill(): void;
  free(): void;
} & AsyncDisposable;

export async function smallDisk(): Promise<SmallDisk> {
  const mountPoint = await mkdtemp(join(tmpdir(), "test-disk-"));
  const isMounted = process.getuid?.() === 0 && (await mount(mountPoint));
  return isMounted ? memoryDisk(mountPoint) : blockedDirectory(mountPoint);
}

async function mount(mountPoint: string): Promise<boolean> {
  const command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", mountPoint];
  return (await Bun.spawn(command, { stderr: "ignore" }).exited) === 0;
}

function memoryDisk(mountPoint: string): SmallDisk {
  const ballast = join(mountPoint, "ballast");
  return {
    path: join(mountPoint, "data"),
    isReal: true,
    reason: "the disk is full",
    fill: () => fillWith(ballast),
    free: () => rmSync(ballast),
    [Symbol.asyncDispose]: async () => {
      await Bun.spawn(["umount", "--lazy", mountPoint]).exited;
      await rm(mountPoint, { recursive: true });
    },
  };
}

function fillWith(path: string): void {
  const fd = openSync(path, "a");
  const page = Buffer.alloc(4096);
  try {
    while (writeSync(fd, page) === page.length);
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "ENOSPC")) throw cause;
  } finally {
    closeSync(fd);
  }
}

function blockedDirectory(parent: string): SmallDisk {
  const path = join(parent, "data");
  return {
    path,
    isReal: false,
    reason: "EEXIST",
    fill: () => {
      rmSync(path, { recursive: true, force: true });
      writeFileSync(path, "");
    },
    free: () => {
      rmSync(path);
      mkdirSync(path);
    },
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true }),
  };
}
