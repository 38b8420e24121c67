/** Access tokens on the Sessions page. */
import { expect, test } from "bun:test";
import { openPages } from "./support.ts";

const secretPattern = /onglass_[\w-]{43}/;

test("the secret is in the answer to the form, by script or without, and never again", async () => {
  await using pages = await openPages();
  const fields = { name: "Prometheus", rights: "read", days: "90" };
  for (const headers of [{}, { "hx-request": "true" }] as Record<string, string>[]) {
    const named = { ...fields, name: `Prometheus ${Object.keys(headers).length}` };
    const answer = await pages.post("/tokens", named, headers);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toMatch(secretPattern);
    expect(text).toContain(named.name);
  }
  const shown = await (await pages.get("/sessions")).text();
  expect(shown).toContain("Prometheus 1");
  expect(shown).not.toMatch(secretPattern);
});

test("a name that is empty, taken or a lifetime that is none is refused in both languages", async () => {
  await using pages = await openPages();
  const german = { "accept-language": "de" };
  const send = async (fields: Record<string, string>, headers: Record<string, string> = {}) =>
    await (await pages.post("/tokens", { rights: "read", days: "7", ...fields }, headers)).text();
  expect(await send({ name: " " })).toContain("Enter a name.");
  expect(await send({ name: "one" })).toMatch(secretPattern);
  expect(await send({ name: "one" })).toContain("already a token named “one”");
  expect(await send({ name: "one" }, german)).toContain("schon ein Token mit dem Namen „one“");
  expect(await send({ name: "two", days: "x" })).not.toMatch(secretPattern);
});

test("a token is revoked after a question, and gone the second time", async () => {
  await using pages = await openPages();
  const { id } = await pages.host.access.create({ name: "<b>old</b>", rights: "operator" });
  const question = await (await pages.get(`/tokens/${id}/revoke`)).text();
  expect(question).toContain("&lt;b&gt;old&lt;/b&gt;");
  const once = await pages.post(`/tokens/${id}/revoke`, {});
  expect(await pages.follow(once, "/sessions#access")).toContain("The token was revoked.");
  const twice = await pages.post(`/tokens/${id}/revoke`, {});
  expect(await pages.follow(twice, "/sessions#access")).toContain("no longer exists");
});
