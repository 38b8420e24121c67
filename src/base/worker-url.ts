/**
 * Where a worker is started from. In the executable all code lies in a file system of its own, in
 * which every entry point keeps its place under `src/`, but the bundled code of an entry point has
 * that one's address: a path relative to the current file would be wrong there.
 */
const executableRoot = "file:///$bunfs/root/";

/** False in a checkout. */
export function isExecutable(): boolean {
  return import.meta.url.startsWith(executableRoot);
}

/**
 * Address of a worker by its path under `src/`. Each worker must be an entry point of the build; a
 * missing one is reported by the worker's `onerror` only.
 */
export function workerUrl(path: string): string {
  const address = isExecutable()
    ? new URL(path, executableRoot)
    : new URL(`../${path}`, import.meta.url);
  return address.href;
}
