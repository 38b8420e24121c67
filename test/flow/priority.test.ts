/** How the kernel schedules the threads of a real host, as /proc shows it from outside. */
import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { startPlayer, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";
import { until } from "../support/until.ts";

type Thread = { readonly id: number; readonly name: string; readonly isRealtime: boolean };

/** The fields behind the name: the policy is the 41st of the line, proc_pid_stat(5). */
function threadsOf(pid: number): Thread[] {
  return readdirSync(`/proc/${pid}/task`).map((task) => {
    const line = readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8");
    const fields = line.slice(line.lastIndexOf(")") + 2).split(" ");
    const name = line.slice(line.indexOf("(") + 1, line.lastIndexOf(")"));
    return { id: Number(task), name, isRealtime: fields[38] === "2" };
  });
}

async function grantOf(host: { call(method: string, path: string): Promise<Response> }) {
  const status = (await (await host.call("GET", "/api/v1/status")).json()) as { priority: string };
  return status.priority;
}

test("threads that frames go through run first where the machine allows it, and no others", async () => {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(directory.path);
  expect(await grantOf(host)).toBe("untried");
  const player = startPlayer(host, ["--seconds", "30"]);
  try {
    await until(() => host.said().includes('"session started"'), { what: "it plays" });
    const isAllowed = (await grantOf(host)) === "realtime";
    const threads = threadsOf(host.pid);
    const encode = threads.filter(({ name }) => name === "onglass-encode");
    // The thread itself, and those of the encoder's library.
    expect(encode.length).toBeGreaterThan(1);
    expect(encode.map(({ isRealtime }) => isRealtime)).toEqual(encode.map(() => isAllowed));
    expect(threads.find(({ id }) => id === host.pid)?.isRealtime).toBe(false);
    const first = threads.filter(({ isRealtime }) => isRealtime).map(({ name }) => name);
    const others = first.filter((name) => name !== "onglass-encode");
    // The sender, and the one that gives memory back and holds a lock meanwhile.
    expect(others.sort()).toEqual(isAllowed ? ["Worker", "mi-scavenger"] : []);
  } finally {
    player.kill();
    await player.exited;
  }
  const areBack = () => threadsOf(host.pid).every(({ isRealtime }) => !isRealtime);
  await until(areBack, { what: "no thread runs first any more" });
}, 60_000);

test("a host with --priority normal raises nothing", async () => {
  await using directory = await tempDirectory();
  await using host = await startRunningHost(directory.path, { flags: ["--priority", "normal"] });
  const player = startPlayer(host, ["--seconds", "3"]);
  await player.exited;
  expect(await grantOf(host)).toBe("off");
}, 60_000);
