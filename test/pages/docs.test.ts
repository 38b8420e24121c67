/** The API's page: in the frame, and all of it from this host. */
import { expect, test } from "bun:test";
import { openPages } from "./support.ts";

test("the page is in the console's frame and says how a program signs in", async () => {
  await using pages = await openPages();
  const page = await pages.get("/api/docs", { "accept-language": "de" });
  const text = await page.text();
  expect(text).toContain('<a href="/api/docs" aria-current="page">API</a>');
  expect(text).toContain("geht auch über HTTP");
  expect(text).toContain(`Bearer $(cat token)&quot; ${pages.host.url}/api/v1/status`);
  expect(text).not.toContain("pinnedpubkey");
  expect(text).not.toContain(pages.cookie.split("=", 2)[1]);
});

test("what the page loads is there, and comes from this host", async () => {
  await using pages = await openPages();
  const text = await (await pages.get("/api/docs")).text();
  const links = [...text.matchAll(/<(?:script|link)[^>]* (?:src|href)="([^"]+)"/g)];
  const addresses = links.map(([, link = ""]) => link);
  const reader = /^\/assets\/swagger-ui(-bundle)?\.[0-9a-f]{16}\.(js|css)$/;
  expect(addresses.filter((address) => reader.test(address))).toHaveLength(2);
  for (const address of addresses) {
    expect(address).toStartWith("/");
    const answer = await pages.get(address);
    expect([address, answer.status]).toEqual([address, 200]);
    expect((await answer.bytes()).length).toBeGreaterThan(50);
  }
});
