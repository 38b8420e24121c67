/** Directories that only their owner may enter, and the corner in them for damaged files. */
import { chmodSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";

const sameNameCountMax = 10_000;

/** Makes `path` and what is missing above it; closes it to others (0700) also when it was there. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

/** Where `setAside` puts the damaged files of a directory. */
export function damagedDirectory(directory: string): string {
  return join(directory, "damaged");
}

/**
 * Moves a damaged file out of the way, into `damaged/` beside it, under its own name or that with a
 * number behind it: a file that lies there is never overwritten.
 */
export function setAside(directory: string, name: string): void {
  const corner = damagedDirectory(directory);
  makePrivateDirectory(corner);
  for (let n = 1; n <= sameNameCountMax; n++) {
    const target = join(corner, n === 1 ? name : `${name}.${n}`);
    if (existsSync(target)) continue;
    renameSync(join(directory, name), target);
    return;
  }
  throw new Error(`Cannot set "${name}" aside: "${corner}" is full of files with its name`);
}
