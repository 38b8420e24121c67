/** The programs that the tests drive: what is missing, and bringing it on Debian as root. */
import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exitOf, say } from "./run.mjs";

/** Program and the Debian package it comes in. */
const packageOf = {
  bindfs: "bindfs",
  chromium: "chromium",
  "dbus-daemon": "dbus-daemon",
  faketime: "faketime",
  fish: "fish",
  ffmpeg: "ffmpeg",
  ffprobe: "ffmpeg",
  grim: "grim",
  ip: "iproute2",
  kwin_wayland: "kwin-wayland",
  mandoc: "mandoc",
  mutter: "mutter",
  nft: "nftables",
  pacat: "pulseaudio-utils",
  pactl: "pulseaudio-utils",
  pipewire: "pipewire",
  prometheus: "prometheus",
  promtool: "prometheus",
  pulseaudio: "pulseaudio",
  setxkbmap: "x11-xkb-utils",
  sway: "sway",
  swaymsg: "sway",
  tc: "iproute2",
  tcpdump: "tcpdump",
  wireplumber: "wireplumber",
  "xdg-desktop-portal": "xdg-desktop-portal",
  "wl-copy": "wl-clipboard",
  xclip: "xclip",
  xdpyinfo: "x11-utils",
  xev: "x11-utils",
  xmodmap: "x11-xserver-utils",
  xrandr: "x11-xserver-utils",
  Xvfb: "xvfb",
  zsh: "zsh",
};

/** Installs what is missing where that is allowed. Answers what is missing still, and says it. */
export async function bringPrograms() {
  const missing = missingPrograms();
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.map((program) => packageOf[program]))];
  if (process.getuid() === 0 && isThere("apt-get")) await install(packages);
  const left = missingPrograms();
  if (left.length === 0) return [];
  say(`missing on this machine: ${left.join(", ")}; the tests that need them are skipped`);
  say(`on Debian, as root: apt-get install ${packages.join(" ")}`);
  return left;
}

async function install(packages) {
  say(`installing ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const wanted = ["install", "--yes", "--no-install-recommends", "-qq", ...packages];
  try {
    for (const args of [["update", "-qq"], wanted]) {
      await whileLocked(() => runApt(args, env), { sleep, say });
    }
  } catch (error) {
    say(error.message);
  }
}

const lockWaitMs = 120_000;
const lockRetryMs = 2000;
/** What apt and dpkg say when another program is installing something. */
const lockPattern = /(?:Could not get|Unable to (?:acquire|lock)).*lock/i;

/** Runs `attempt` until it works or two minutes are over; only a lock is waited for. */
export async function whileLocked(attempt, tools) {
  for (let waitedMs = 0; ; waitedMs += lockRetryMs) {
    const { code, stderr, name } = await attempt();
    if (code === 0) return;
    const isLocked = lockPattern.test(stderr);
    if (!isLocked || waitedMs >= lockWaitMs)
      throw new Error(`"${name}" failed with exit code ${code}`);
    if (waitedMs === 0)
      tools.say("another program is installing packages; waiting up to two minutes");
    await tools.sleep(lockRetryMs);
  }
}

async function runApt(args, env) {
  const child = spawn("apt-get", args, { env, stdio: ["ignore", 2, "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const code = await exitOf(child, "apt-get");
  // Kept back for as long as it may only be the lock: once every two seconds would be noise.
  if (!lockPattern.test(stderr)) process.stderr.write(stderr);
  return { code, stderr, name: `apt-get ${args.join(" ")}` };
}

function missingPrograms() {
  return Object.keys(packageOf).filter((program) => !isThere(program));
}

/** Administrators' programs are often outside a person's PATH, those of desktops in nobody's. */
const otherFolders = ["/usr/sbin", "/sbin", "/usr/libexec"];

function isThere(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...otherFolders];
  return folders.some((folder) => isExecutable(join(folder, program)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
