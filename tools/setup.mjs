/**
 * Brings what a command needs: bun at the pinned version, the locked packages, the generated files.
 * A stamp is written after a step has succeeded, so that an interrupted one is done again.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withLock } from "./lock.mjs";
import { root, runStep, say } from "./run.mjs";

const tools = join(root, "tools", "bun");
const packageStamp = join(root, "node_modules", ".onglass-lock");
const bunVersion = readJson(join(tools, "package.json")).dependencies.bun;

/** Where bun's package may leave the binary: the first after its install script, the second before. */
const bunPaths = [
  join(tools, "node_modules", "bun", "bin", "bun.exe"),
  join(tools, "node_modules", "@oven", `bun-${process.platform}-${process.arch}`, "bin", "bun"),
];

/** Answers the path of bun; a tenth of a second when nothing is to be done. */
export function prepareProject() {
  return withLock(async () => {
    const bun = findBun() ?? (await installBun());
    if (!hasPackages()) await installPackages(bun);
    await runStep(bun, ["tools/prepare.ts"]);
    return bun;
  });
}

async function installBun() {
  say(`installing bun ${bunVersion}`);
  await runStep("npm", ["ci"], { cwd: tools });
  // npm may be set not to run install scripts; bun's own puts the binary in place.
  if (findBun() === undefined) {
    await runStep(process.execPath, ["install.js"], { cwd: join(tools, "node_modules", "bun") });
  }
  const bun = findBun();
  if (bun === undefined) {
    throw new Error(`Cannot install bun ${bunVersion}: no binary for this machine in "${tools}"`);
  }
  return bun;
}

async function installPackages(bun) {
  say("installing packages");
  await runStep(bun, ["install", "--frozen-lockfile", "--no-progress"]);
  writeFileSync(packageStamp, lockHash());
}

function findBun() {
  return bunPaths.find((path) => existsSync(path) && versionOf(path) === bunVersion);
}

/** The placeholder that the package ships before its install script has run prints no version. */
function versionOf(path) {
  try {
    return execFileSync(path, ["--version"], { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return undefined;
  }
}

function hasPackages() {
  return existsSync(packageStamp) && readFileSync(packageStamp, "utf8") === lockHash();
}

function lockHash() {
  const hash = createHash("sha256").update(bunVersion);
  for (const name of ["bun.lock", "package.json", "bunfig.toml"]) {
    hash.update(readFileSync(join(root, name)));
  }
  return hash.digest("hex");
}

function readJson(path) {
  return JSON.parse(readFileSync(path, "utf8"));
}
