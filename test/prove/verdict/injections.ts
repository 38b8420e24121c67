/** The means by which faults are made from outside: signals, busy programs, quotas, a frozen disk. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";

/** A process stands still and then continues. */
export async function stopFor(pid: number | undefined, ms: number): Promise<void> {
  if (pid === undefined) throw new Error("There is nothing to stop");
  process.kill(pid, "SIGSTOP");
  await Bun.sleep(ms);
  process.kill(pid, "SIGCONT");
}

/** Programs that take what they get of every core. */
export async function busyCores(busy: { readonly perCore: number; readonly ms: number }) {
  const count = busy.perCore * availableParallelism();
  const programs = Array.from({ length: count }, () =>
    Bun.spawn(["sh", "-c", "while :; do :; done"]),
  );
  await Bun.sleep(busy.ms);
  for (const program of programs) program.kill("SIGKILL");
  await Promise.all(programs.map(({ exited }) => exited));
}

/** The thread that ran most during a moment: with a software encoder the one that encodes. */
export async function busiestThread(pid: number): Promise<number> {
  const before = await ranNs(pid);
  await Bun.sleep(500);
  const after = await ranNs(pid);
  const grown = [...after].map(([id, ns]) => [id, ns - (before.get(id) ?? ns)] as const);
  const [busiest] = grown.sort(([, a], [, b]) => b - a);
  if (busiest === undefined) throw new Error(`Process ${pid} has no threads`);
  return busiest[0];
}

async function ranNs(pid: number): Promise<Map<number, number>> {
  const ran = new Map<number, number>();
  for (const id of await readdir(`/proc/${pid}/task`)) {
    const text = await readFile(`/proc/${pid}/task/${id}/schedstat`, "latin1").catch(() => "");
    ran.set(Number(id), Number(text.split(" ")[0] ?? 0));
  }
  return ran;
}

const periodUs = 20_000;

/** A process and all that it started get this share of one core for so long, by a control group. */
export async function holdQuota(
  pid: number | undefined,
  { percent, ms }: { readonly percent: number; readonly ms: number },
): Promise<void> {
  if (pid === undefined) throw new Error("There is nothing to slow down");
  const group = `/sys/fs/cgroup/cpu/test-${process.pid}`;
  await mkdir(group);
  await writeFile(join(group, "cpu.cfs_period_us"), `${periodUs}`);
  await writeFile(join(group, "cpu.cfs_quota_us"), `${Math.round((periodUs * percent) / 100)}`);
  for (const id of await withDescendants(pid)) {
    await writeFile(join(group, "cgroup.procs"), `${id}`).catch(() => undefined);
  }
  await Bun.sleep(ms);
  const members = (await readFile(join(group, "cgroup.procs"), "latin1")).trim().split("\n");
  for (const id of members) {
    await writeFile("/sys/fs/cgroup/cpu/cgroup.procs", id).catch(() => undefined);
  }
  await Bun.spawn(["rmdir", group]).exited;
}

async function withDescendants(pid: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, "latin1").catch(() => "");
    parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const found = [pid];
  for (const id of found) {
    for (const [child, parent] of parents) if (parent === id) found.push(child);
  }
  return found;
}

/** A file system of its own in a file, which can be frozen: every write to it waits. */
export async function openDisk(directory: string): Promise<{ path: string } & AsyncDisposable> {
  const [image, path] = [join(directory, "disk.img"), join(directory, "disk")];
  await mkdir(path);
  await run(["truncate", "-s", "64M", image]);
  await run(["mkfs.ext4", "-q", "-F", image]);
  await run(["mount", "-o", "loop", image, path]);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      await Bun.spawn(["umount", "--lazy", path]).exited;
      await rm(image);
    },
  };
}

export async function freezeDisk(path: string, ms: number): Promise<void> {
  await run(["fsfreeze", "--freeze", path]);
  await Bun.sleep(ms);
  await run(["fsfreeze", "--unfreeze", path]);
}

async function run(command: readonly string[]): Promise<void> {
  const child = Bun.spawn([...command], { stdout: "ignore", stderr: "pipe" });
  const complaint = await child.stderr.text();
  if ((await child.exited) !== 0)
    throw new Error(`Cannot run "${command.join(" ")}": ${complaint}`);
}
