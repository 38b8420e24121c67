/** The Python packages that a test reads our files with: brought once, beside those of npm. */
import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { root, say } from "./run.mjs";

const folder = join(root, "node_modules/.python");
const patienceMs = 60_000;

/** Puts the packages in reach of the tests. Without Python, pip or a network their test is skipped, and says so. */
export function bringPythonPackages() {
  const others = process.env.PYTHONPATH ? [process.env.PYTHONPATH] : [];
  process.env.PYTHONPATH = [...others, folder].join(delimiter);
  if (runs(["-c", "import perfetto.protos, google.protobuf"])) return;
  const pip = ["-m", "pip", "--disable-pip-version-check", "install", "--quiet"];
  const wanted = ["--no-deps", "--only-binary=:all:", "--require-hashes"];
  const where = ["--target", folder, "--requirement", join(root, "tools/perfetto.txt")];
  if (runs([...pip, ...wanted, ...where])) return;
  say("Perfetto's definitions of a trace could not be installed with pip; their test is skipped");
}

function runs(args) {
  const { status } = spawnSync("python3", args, {
    ...{ cwd: root, stdio: "ignore", timeout: patienceMs },
  });
  return status === 0;
}
