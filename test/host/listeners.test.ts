/** Every listener follows the address that it was given. */
import { expect, test } from "bun:test";
import { Value } from "@sinclair/typebox/value";
import { ipv4Of } from "../../src/host/gamestream.ts";
import { HostStatus } from "../../src/model/status.ts";
import { freeBasePort } from "../support/gamestream-client/host.ts";
import { listeningOf } from "../support/own-sockets.ts";
import { type RunningHost, startRunningHost } from "../support/running-host.ts";
import { tempDirectory } from "../support/temp-directory.ts";

const loopback4 = "0100007F";
const loopback6 = "00000000000000000000000001000000";

async function startOn(nativeListen: string) {
  const directory = await tempDirectory();
  const port = await freeBasePort();
  const flags = ["--native-listen", nativeListen, "--gamestream-port", `${port}`];
  return { directory, port, host: await startRunningHost(directory.path, { flags }) };
}

async function statusOf(host: RunningHost): Promise<HostStatus> {
  return Value.Decode(HostStatus, await (await host.call("GET", "/api/v1/status")).json());
}

test("on an IPv6 address of its own the host opens nothing to other networks, and says so", async () => {
  const { directory, host } = await startOn("[::1]:0");
  await using _directory = directory;
  await using running = host;
  const sockets = await listeningOf(running.pid);
  const addresses = new Set(sockets.map(({ address }) => address.split(":")[0]));
  // The console's and the native path's; GameStream and mDNS have none.
  expect([...addresses].sort()).toEqual([loopback6, loopback4].sort());
  expect(sockets).toHaveLength(3);
  const status = await statusOf(running);
  const reason = 'it needs an IPv4 address, and --native-listen has "::1"';
  expect(status.gamestream).toEqual({ listening: false, announced: false, reason });
  expect(running.said()).toContain(`"gamestream":${JSON.stringify(`off: ${reason}`)}`);
}, 40_000);

test("on an IPv4 address GameStream listens there, and status and log say where", async () => {
  const { directory, port, host } = await startOn("127.0.0.1:0");
  await using _directory = directory;
  await using running = host;
  const sockets = await listeningOf(running.pid);
  expect(sockets.filter(({ address }) => !address.startsWith(loopback4))).toEqual([]);
  const status = await statusOf(running);
  const gamestream = { listening: true, address: "127.0.0.1", port, announced: false };
  expect(status.gamestream).toEqual(gamestream);
  expect(running.said()).toContain(`"gamestream":"127.0.0.1:${port}"`);
}, 40_000);

test("an address has a counterpart for players that know IPv4 only, or none", () => {
  expect(["0.0.0.0", "10.1.2.3", "localhost"].map(ipv4Of)).toEqual([
    "0.0.0.0",
    "10.1.2.3",
    "localhost",
  ]);
  expect(ipv4Of("::")).toBe("0.0.0.0");
  expect(["::1", "fe80::1", "2001:db8::1"].map(ipv4Of)).toEqual([undefined, undefined, undefined]);
});
