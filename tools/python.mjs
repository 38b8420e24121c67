/** The Python packages that a test reads our files with: brought once, beside those of npm. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root, say } from "./run.mjs";

const wanted = join(root, "tools/perfetto.txt");
const parent = join(root, "node_modules/.python");
const patienceMs = 60_000;

/**
 * Puts the packages in reach of the tests; they are named by what is asked for, and are there whole or
 * not at all. Without Python, pip or a network their test is skipped, and says so.
 */
export function bringPythonPackages() {
  const name = createHash("sha256").update(readFileSync(wanted)).digest("hex").slice(0, 16);
  const folder = join(parent, name);
  if (!existsSync(folder) && !install(folder)) {
    say("Perfetto's definitions of a trace could not be installed with pip; their test is skipped");
  }
  const others = process.env.PYTHONPATH ? [process.env.PYTHONPATH] : [];
  process.env.PYTHONPATH = [...others, folder].join(delimiter);
}

function install(folder) {
  const making = `${folder}.${process.pid}`;
  rmSync(parent, { recursive: true, force: true });
  mkdirSync(parent, { recursive: true });
  const pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet"];
  const safely = ["--no-deps", "--only-binary=:all:", "--require-hashes"];
  const { status } = spawnSync(
    "python3",
    [...pip, ...safely, "--target", making, "--requirement", wanted],
    { cwd: root, stdio: "ignore", timeout: patienceMs },
  );
  if (status === 0) renameSync(making, folder);
  else rmSync(making, { recursive: true, force: true });
  return status === 0;
}
