/**
 * Devices of players, and the picture of a graphics card, on a kernel that has them: a Linux of Debian in QEMU without hardware of its
 * own, whose only program is `inside-process.ts`, read from this machine's disk. Needs root for nothing but
 * bringing the packages: qemu-system-x86, busybox-static, cpio, and the kernel, which is unpacked and
 * not installed.
 */
import { cp, mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { $ } from "bun";
import { tempDirectory } from "../../support/temp-directory.ts";

/** In the order in which they need each other. */
const modules = [
  ...["drivers/virtio/virtio_ring.ko", "drivers/virtio/virtio.ko"],
  ...["drivers/virtio/virtio_pci_modern_dev.ko", "drivers/virtio/virtio_pci_legacy_dev.ko"],
  ...["drivers/virtio/virtio_pci.ko", "net/9p/9pnet.ko", "net/9p/9pnet_virtio.ko"],
  ...["fs/netfs/netfs.ko", "fs/fscache/fscache.ko", "fs/9p/9p.ko"],
  ...["drivers/input/misc/uinput.ko", "drivers/input/evdev.ko"],
  ...["drivers/gpu/drm/drm.ko", "drivers/gpu/drm/drm_kms_helper.ko"],
  ...["drivers/gpu/drm/drm_shmem_helper.ko", "drivers/virtio/virtio_dma_buf.ko"],
  "drivers/gpu/drm/virtio/virtio-gpu.ko",
];
const secondsMax = 300;
/** Emulated timers are late on a busy machine: the kernel must not stop waiting because of them. */
const kernelArguments =
  "console=ttyS0 quiet loglevel=3 panic=-1 mitigations=off no_timer_check nowatchdog";
/** Shown of a machine that does not finish. */
const lastLineCount = 30;
const programs = ["qemu-system-x86_64", "busybox", "cpio", "dpkg-deb"];

/** What came of it; throws what does not hold. */
export async function proveMachine(say: (line: string) => void): Promise<string> {
  const missing = programs.filter((program) => Bun.which(program) === null);
  if (missing.length > 0) {
    const packages = "qemu-system-x86 busybox-static cpio";
    return `not run: ${missing.join(", ")} missing (apt-get install ${packages})`;
  }
  await using directory = await tempDirectory();
  const kernel = await fetchKernel(directory.path);
  const disk = await makeFirstDisk(directory.path, kernel);
  const lines = await run(kernel, disk, say);
  const faults = lines.filter((line) => line.startsWith("fault "));
  if (!lines.includes("finished")) {
    const last = lines.slice(-lastLineCount).join("\n");
    throw new Error(`The emulated machine did not finish; its last lines:\n${last}`);
  }
  if (faults.length > 0) throw new Error(faults.join("; "));
  const upload = lines.find((line) => line.includes("until the program has its answer"));
  const okCount = lines.filter((line) => line.startsWith("ok ")).length;
  return `${okCount} things hold on Linux ${kernel.version}, emulated without hardware help; ${upload}`;
}

type Kernel = { readonly image: string; readonly modules: string; readonly version: string };

/** Debian's current one, unpacked below `directory`. */
async function fetchKernel(directory: string): Promise<Kernel> {
  const found = await $`apt-cache depends linux-image-amd64`.text();
  const name = /linux-image-[\d.]+-\d+-amd64/.exec(found)?.[0];
  if (name === undefined) throw new Error("Debian's kernel is not among the packages");
  await $`apt-get download -qq ${name}`.cwd(directory).quiet();
  const file = (await readdir(directory)).find((one) => one.endsWith(".deb"));
  await $`dpkg-deb -x ${join(directory, file ?? "")} ${join(directory, "kernel")}`.quiet();
  const version = name.replace("linux-image-", "");
  const root = join(directory, "kernel");
  return {
    version,
    image: join(root, `boot/vmlinuz-${version}`),
    modules: join(root, `lib/modules/${version}/kernel`),
  };
}

/** The first program of the machine: loads the modules, then runs ours with this machine's disk as root. */
function initScript(command: string): string {
  const busybox = "/bin/busybox";
  const mount = (args: string) => `${busybox} mount ${args}`;
  const bind = (name: string) => mount(`--bind /${name} /disk/${name}`);
  return [
    "#!/bin/busybox sh",
    mount("-t proc proc /proc"),
    mount("-t sysfs sys /sys"),
    mount("-t devtmpfs dev /dev"),
    ...modules.map((path) => `${busybox} insmod /modules/${path.split("/").at(-1)}`),
    mount("-t 9p -o trans=virtio,version=9p2000.L,ro,msize=524288,cache=loose disk /disk"),
    ...["dev", "proc", "sys"].map(bind),
    mount("-t tmpfs scratch /disk/run"),
    `${busybox} chroot /disk /usr/bin/env -i HOME=/run NO_COLOR=1 PATH=/usr/bin:/bin ${command}`,
    `${busybox} poweroff -f`,
    "",
  ].join("\n");
}

async function makeFirstDisk(directory: string, kernel: Kernel): Promise<string> {
  const root = join(directory, "disk");
  for (const name of ["bin", "modules", "disk", "proc", "sys", "dev"])
    await mkdir(join(root, name), { recursive: true });
  await cp(Bun.which("busybox") ?? "", join(root, "bin/busybox"));
  for (const path of modules)
    await cp(join(kernel.modules, path), join(root, "modules", path.split("/").at(-1) ?? ""));
  const command = `${process.execPath} ${join(import.meta.dir, "inside-process.ts")}`;
  await writeFile(join(root, "init"), initScript(command), { mode: 0o755 });
  const file = join(directory, "disk.cpio");
  await $`find . | cpio -o -H newc --quiet > ${file}.new`.cwd(root);
  await rename(`${file}.new`, file);
  return file;
}

async function run(
  kernel: Kernel,
  disk: string,
  say: (line: string) => void,
): Promise<readonly string[]> {
  const shared = "local,id=disk,path=/,security_model=none,readonly=on,multidevs=remap";
  const machine = Bun.spawn(
    [
      ...["qemu-system-x86_64", "-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max"],
      ...["-smp", "2", "-m", "2048", "-nographic", "-vga", "none", "-no-reboot"],
      ...["-kernel", kernel.image, "-initrd", disk, "-fsdev", shared],
      ...["-append", kernelArguments],
      ...["-device", "virtio-9p-pci,fsdev=disk,mount_tag=disk", "-device", "virtio-gpu-pci"],
    ],
    { stdin: "ignore", stdout: "pipe", stderr: "inherit", timeout: secondsMax * 1000 },
  );
  const lines: string[] = [];
  let rest = "";
  for await (const chunk of machine.stdout) {
    const parts = (rest + Buffer.from(chunk).toString()).split(/\r?\n/);
    rest = parts.pop() ?? "";
    for (const line of parts) {
      if (/^(?:ok|fault|inside|finished|error)/.test(line)) say(line);
      lines.push(line.trim());
    }
  }
  await machine.exited;
  return lines;
}
