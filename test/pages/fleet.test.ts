/** The page of other hosts: each a line, each a link, and what is in the way where one does not answer. */
import { expect, test } from "bun:test";
import type { Fleet, FleetHost } from "../../src/ports/fleet.ts";
import { fakeFleet, noFleet } from "../support/fake-fleet.ts";
import { openPages } from "./support.ts";

const linesIn = (text: string) =>
  [...text.matchAll(/<tr><th scope="row".*?<\/tr>/gs)].map(([line]) =>
    line.replaceAll(/<[^>]+>/g, "|").replaceAll(/[|\s]*\|[|\s]*/g, "|"),
  );

test("says of each host how its sessions are, how many, how busy it is, and what is in the way", async () => {
  await using pages = await openPages({ fleet: fakeFleet });
  const text = await (await pages.get("/fleet")).text();
  expect(linesIn(text)).toEqual([
    "|den|2 bad|1 smooth|3|0.8|recording|0.1.0|",
    "|attic|no one is playing|0|0.8|–|0.1.0|",
    "|garage|does not answer|",
    "|office|is not set up in hosts.toml|",
  ]);
  expect(text).toContain('<a href="https://den.lan:7780/" rel="noreferrer">den</a>');
  expect(text).toContain('<a href="https://garage.lan:7780/" rel="noreferrer">garage</a>');
  expect(text).toContain('href="/fleet" aria-current="page">Hosts</a>');
});

test("says it in German", async () => {
  await using pages = await openPages({ fleet: fakeFleet });
  const text = await (await pages.get("/fleet", { "accept-language": "de" })).text();
  expect(linesIn(text)).toEqual([
    "|den|2 schlecht|1 flüssig|3|0,8|läuft|0.1.0|",
    "|attic|niemand spielt|0|0,8|–|0.1.0|",
    "|garage|antwortet nicht|",
    "|office|ist in hosts.toml nicht eingerichtet|",
  ]);
});

test("is not waited for where a host does not answer: its lines come later", async () => {
  const slow = Promise.withResolvers<readonly FleetHost[]>();
  const fleet: Fleet = { names: ["den"], look: () => slow.promise };
  await using pages = await openPages({ fleet });
  const text = await (await pages.get("/fleet")).text();
  expect(text).toContain('hx-trigger="load"');
  expect(text).toContain("Asking the hosts…");
  slow.resolve(await fakeFleet.look());
  const part = await (await pages.get("/fleet/now")).text();
  expect(part).toContain('hx-trigger="every 10s"');
  expect(linesIn(part).length).toBe(4);
});

test("what another host says is shown as text, and cut", async () => {
  const [den] = await fakeFleet.look();
  if (den?.kind !== "answered") throw new Error("no host");
  const version = `<img src=x onerror=alert(1)>${"x".repeat(500)}`;
  const fleet: Fleet = {
    names: ["den"],
    look: () => Promise.resolve([{ ...den, status: { ...den.status, version } }]),
  };
  await using pages = await openPages({ fleet });
  const text = await (await pages.get("/fleet")).text();
  expect(text).toContain("&lt;img src=x onerror=alert(1)&gt;");
  expect(text).not.toContain("x".repeat(100));
});

test("a host without others does not name the page, which says how they are named", async () => {
  await using pages = await openPages({ fleet: noFleet });
  expect(await (await pages.get("/counters")).text()).not.toContain('href="/fleet"');
  expect(await (await pages.get("/fleet")).text()).toContain("No other hosts are listed.");
});
