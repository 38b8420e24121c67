/** Where somebody is sent to reach this host. */
import { expect, test } from "bun:test";
import {
  isLoopbackHost,
  joinAddress,
  moonlightAddresses,
  reachableAddresses,
} from "../../src/base/host-names.ts";
import { typedCommand } from "../../src/base/own-command.ts";

test("a listener on one address is reached there, one on all by the machine's own addresses", () => {
  expect(reachableAddresses("192.0.2.7")).toEqual(["192.0.2.7"]);
  for (const all of ["0.0.0.0", "::"]) {
    const addresses = reachableAddresses(all);
    expect(addresses.at(-1)).toBe("127.0.0.1");
    expect(addresses).not.toContain(all);
    expect(addresses.length).toBeLessThanOrEqual(5);
  }
});

test("Moonlight is given the port only where it is not the usual one", () => {
  expect(moonlightAddresses("192.0.2.7", 47_989)).toEqual(["192.0.2.7"]);
  expect(moonlightAddresses("192.0.2.7", 48_989)).toEqual(["192.0.2.7:48989"]);
});

test("loopback is distinguished from other addresses, however it is written", () => {
  for (const host of ["localhost", "127.0.0.1", "127.8.0.1", "::1", "[::1]"]) {
    expect(isLoopbackHost(host)).toBe(true);
  }
  for (const host of ["192.0.2.7", "0.0.0.0", "localhost.example", "[fe80::1]", "127.0.0.1.org"]) {
    expect(isLoopbackHost(host)).toBe(false);
  }
});

test("an IPv6 address stands in brackets before its port", () => {
  expect(["::1", "[::1]", "192.0.2.7"].map((host) => joinAddress(host, 7781))).toEqual([
    "[::1]:7781",
    "[::1]:7781",
    "192.0.2.7:7781",
  ]);
});

test("in a checkout the command that is offered is the one that exists there", () => {
  expect(typedCommand()).toBe("npm run onglass --");
});
