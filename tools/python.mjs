/** The Python packages that tests read our files with: brought once, beside those of npm. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root, say } from "./run.mjs";

const wanted = ["tools/perfetto.txt", "tools/opentelemetry.txt"].map((name) => join(root, name));
const parent = join(root, "node_modules/.python");
const patienceMs = 60_000;

/**
 * Puts the packages in reach of the tests; they are named by what is asked for, and are there whole or
 * not at all. Without Python, pip or a network their tests are skipped, and say so.
 */
export function bringPythonPackages() {
  const hash = createHash("sha256");
  for (const path of wanted) hash.update(readFileSync(path));
  const name = hash.digest("hex").slice(0, 16);
  const folder = join(parent, name);
  if (!existsSync(folder) && !install(folder)) {
    say(
      "definitions of traces and telemetry could not be installed with pip; their tests are skipped",
    );
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
    [...pip, ...safely, "--target", making, ...wanted.flatMap((path) => ["--requirement", path])],
    { cwd: root, stdio: "ignore", timeout: patienceMs },
  );
  if (status === 0) renameSync(making, folder);
  else rmSync(making, { recursive: true, force: true });
  return status === 0;
}
