/** The host in the local network: a namespace with one interface, so that nobody else is asked. */
import { expect, test } from "bun:test";
import { ownHostName } from "../../src/gamestream/discovery.ts";

const isRoot = process.getuid?.() === 0;

test.skipIf(!isRoot)(
  "a query for GameStream hosts is answered with name, port and address",
  async () => {
    const script = `
      ip link set lo up
      ip link add lan0 type veth peer name lan1
      ip link set lan1 up
      ip addr add 10.9.9.1/24 dev lan0
      ip link set lan0 up multicast on
      ip route add 224.0.0.0/4 dev lan0
      "$BUN" test/support/gamestream-discovery-process.ts`;
    const child = Bun.spawn(["unshare", "-n", "sh", "-ec", script], {
      env: { ...process.env, BUN: process.execPath },
      stderr: "pipe",
    });
    const [text, faults] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    expect([await child.exited, faults]).toEqual([0, faults]);
    const told = JSON.parse(text);
    expect(told).toEqual({
      name: "den._nvstream._tcp.local",
      port: told.base,
      base: told.base,
      addressName: `${ownHostName()}.local`,
      address: "10.9.9.1",
    });
    // The questions of strangers leave no line but the log's own.
    const lines = faults.split("\n").filter((line) => line !== "");
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ level: expect.any(String) });
  },
  30_000,
);

test("the announcement has a host name of its own, which is a label of the network", () => {
  expect(ownHostName("den.example.org")).toBe("den-onglass");
  expect(ownHostName("Mein Rechner")).toBe("Mein-Rechner-onglass");
  expect(ownHostName("x".repeat(80))).toHaveLength(58);
  expect(ownHostName("")).toBe("host-onglass");
});
