/**
 * One set-up at a time in one checkout. The lock is an abstract Unix socket: the kernel frees it
 * when its owner ends, however it ends, so no stale lock can be left behind.
 */
import { statSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { root, say } from "./run.mjs";

const retryMs = 100;
/** A set-up with nothing to do is shorter than this: not worth a word. */
const silentCount = 10;

/** Runs `work` alone; waits for as long as another run has the lock. */
export async function withLock(work) {
  const { dev, ino } = statSync(root);
  const server = await acquire(`\0onglass-setup-${dev}-${ino}`);
  try {
    return await work();
  } finally {
    server.close();
  }
}

async function acquire(name) {
  for (let attempt = 0; ; attempt += 1) {
    const server = await listen(name);
    if (server !== undefined) return server;
    if (attempt === silentCount) say("waiting for another run to finish setting up");
    await sleep(retryMs);
  }
}

function listen(name) {
  return new Promise((resolve, reject) => {
    const server = createServer((visitor) => visitor.destroy());
    server.once("error", (error) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen(name, () => resolve(server));
  });
}
