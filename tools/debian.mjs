/** The programs that the tests drive: what is missing, and bringing it on Debian as root. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { runStep, say } from "./run.mjs";

/** Program and the Debian package it comes in. */
const packageOf = {
  chromium: "chromium",
  ffmpeg: "ffmpeg",
  ffprobe: "ffmpeg",
  ip: "iproute2",
  nft: "nftables",
  tc: "iproute2",
  tcpdump: "tcpdump",
  xdpyinfo: "x11-utils",
  xrandr: "x11-xserver-utils",
  Xvfb: "xvfb",
};

/** Installs what is missing where that is allowed; else says it by name and goes on. */
export async function bringPrograms() {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((program) => packageOf[program]))];
  if (process.getuid() === 0 && isThere("apt-get")) await install(packages);
  const left = missingPrograms();
  if (left.length === 0) return;
  say(`missing on this machine: ${left.join(", ")}; the tests that need them will fail`);
  say(`on Debian, as root: apt-get install ${packages.join(" ")}`);
}

async function install(packages) {
  say(`installing ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const wanted = ["install", "--yes", "--no-install-recommends", "-qq", ...packages];
  try {
    await runStep("apt-get", ["update", "-qq"], { env });
    await runStep("apt-get", wanted, { env });
  } catch (error) {
    say(error.message);
  }
}

function missingPrograms() {
  return Object.keys(packageOf).filter((program) => !isThere(program));
}

/** Administrators' programs are often outside a person's PATH. */
function isThere(program) {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
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
