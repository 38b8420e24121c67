/** Links for others on the Watch page. */
import { expect, test } from "bun:test";
import { openPages } from "./support.ts";

const address = /\/join#[\w-]{43}/;

test("the address is in the answer to the form, by script or without, and never again", async () => {
  await using pages = await openPages();
  const fields = { name: "Ada", rights: "play", uses: "2", minutes: "60", stream: "" };
  for (const headers of [{}, { "hx-request": "true" }] as Record<string, string>[]) {
    const answer = await pages.post("/links", fields, headers);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(address);
  }
  const shown = await (await pages.get("/watch")).text();
  expect(shown).toContain("Ada");
  expect(shown).toContain("0 of 2");
  expect(shown).not.toMatch(address);
});

test("a link that opens on this machine only says so, in both languages", async () => {
  await using pages = await openPages();
  const made = async (headers: Record<string, string>) =>
    await (await pages.post("/links", { minutes: "60" }, headers)).text();
  expect(await made({})).toContain("It only opens on this machine.");
  expect(await made({ "accept-language": "de" })).toContain("nur auf diesem Rechner");
});

test("what no link can be made with is refused, in both languages", async () => {
  await using pages = await openPages();
  const answer = await pages.post("/links", { minutes: "0", uses: "500" });
  expect(await answer.text()).not.toMatch(address);
  const german = { "accept-language": "de" };
  expect(await (await pages.get("/watch", german)).text()).toContain("Links für andere");
});

test("a link is revoked after a question, and opens nothing from then on", async () => {
  await using pages = await openPages();
  const { link, secret } = await pages.host.links.create({ name: "<b>Ada</b>" });
  const question = await (await pages.get(`/links/${link.id}/revoke`)).text();
  expect(question).toContain("&lt;b&gt;Ada&lt;/b&gt;");
  const answer = await pages.post(`/links/${link.id}/revoke`, {});
  expect(answer.headers.get("location")).toBe("/watch#links");
  expect(pages.host.links.list()).toEqual([]);
  expect(await pages.host.links.admit(secret)).toBeUndefined();
  expect((await pages.post(`/links/${link.id}/revoke`, {})).status).toBe(303);
});
