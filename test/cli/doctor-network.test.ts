/** What the doctor says of ports and addresses, against sockets that are really open. */
import { expect, test } from "bun:test";
import { endpointsOf, type HostAddresses, networkFindings } from "../../src/cli/doctor-network.ts";
import { lockDirectory } from "../../src/store/directory-lock.ts";
import { tempDirectory } from "../support/temp-directory.ts";

function addressesIn(dataDirectory: string, nativePort: number): HostAddresses {
  const native = { host: "127.0.0.1", port: nativePort };
  return { console: { host: "127.0.0.1", port: 0 }, native, gamestreamPort: 0, dataDirectory };
}

test("a UDP port that another program holds is named, though TCP has it free", async () => {
  await using directory = await tempDirectory();
  const held = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
  const findings = await networkFindings(addressesIn(directory.path, held.port));
  held.close();
  const taken = findings.filter(({ code }) => code === "port_taken");
  expect(taken.map(({ values }) => values)).toEqual([{ port: held.port, by: "UDP" }]);
});

test("the ports of a host that runs on the data directory are not another program's", async () => {
  await using directory = await tempDirectory();
  using _ = lockDirectory(directory.path);
  const held = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
  const findings = await networkFindings(addressesIn(directory.path, held.port));
  held.close();
  expect(findings.map(({ code }) => code)).toEqual(["host_runs", "native_loopback"]);
  expect(findings[0]?.values).toEqual({ pid: process.pid });
  expect(findings[1]?.text).toEndWith(`--native-listen 0.0.0.0:${held.port}`);
});

test("a lock that a host left behind says nothing", async () => {
  await using directory = await tempDirectory();
  lockDirectory(directory.path)[Symbol.dispose]();
  const [finding] = await networkFindings(addressesIn(directory.path, 0));
  expect(finding?.code).toBe("ports_free");
});

test("Moonlight's ports are looked at where its path is on, TCP and UDP", () => {
  const local = { host: "127.0.0.1", port: 1 };
  const common = { console: local, native: local, dataDirectory: "/" };
  expect(endpointsOf({ ...common, gamestreamPort: 0 })).toHaveLength(3);
  const all = endpointsOf({ ...common, gamestreamPort: 47_989 }).slice(3);
  expect(all.map(({ by, port }) => `${by} ${port}`)).toEqual([
    ...["TCP 47989", "TCP 47984", "TCP 48010"],
    ...["UDP 47998", "UDP 47999", "UDP 48000"],
  ]);
});
