/**
 * Makes `src/generated/`, what the code needs beyond what is checked in. Runs before every command,
 * so each part is made only when its inputs changed. What only the executable needs (the
 * compressed FFmpeg addon) is made by `tools/build.ts`.
 */
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { CryptoHasher, Glob } from "bun";

type Part = {
  /** What it makes, for a person who waits for it. */
  readonly about: string;
  /** The script in `tools/` that makes the part. */
  readonly script: string;
  /** Patterns of the files that it is made from, beside the script and the locked packages. */
  readonly inputs: readonly string[];
};

const root = join(import.meta.dir, "..");
const generated = join(root, "src/generated");
const parts: readonly Part[] = [
  { about: "error correction", script: "tools/prepare-wasm.ts", inputs: ["src/**/*.wat"] },
  {
    about: "the pages of the console (half a minute)",
    script: "tools/build-assets.ts",
    // Scripts use the code of some rooms: a shared file works things out by itself.
    inputs: ["public/**/*", "views/*", "src/{analysis,base,frames,i18n,keep,model,verdict}/*.ts"],
  },
  // Last: it looks at the code as it will be bundled.
  {
    about: "the notices",
    script: "tools/build-notices.ts",
    inputs: ["NOTICE", "LICENSE", "licences/*", "package.json"],
  },
];

async function makePart(part: Part): Promise<void> {
  const stamp = join(generated, `.${part.script.replaceAll("/", "-")}.stamp`);
  const hash = await hashInputs(part);
  const made = Bun.file(stamp);
  if ((await made.exists()) && (await made.text()) === hash) return;
  console.error(`onglass: making ${part.about}`);
  const child = Bun.spawn([process.execPath, part.script], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error(`Cannot prepare: "${part.script}" failed`);
  await replaceFile(stamp, hash);
}

async function hashInputs(part: Part): Promise<string> {
  const hasher = new CryptoHasher("sha256");
  for (const path of await inputPaths(part)) {
    hasher.update(`${path}\0`).update(await Bun.file(join(root, path)).bytes());
  }
  return hasher.digest("hex");
}

async function inputPaths(part: Part): Promise<string[]> {
  const paths = new Set([part.script, "bun.lock"]);
  for (const pattern of part.inputs) {
    for await (const path of new Glob(pattern).scan({ cwd: root })) paths.add(path);
  }
  return [...paths].sort();
}

async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await Bun.write(temporary, text);
  await rename(temporary, path);
}

for (const part of parts) {
  if (await Bun.file(join(root, part.script)).exists()) await makePart(part);
}
