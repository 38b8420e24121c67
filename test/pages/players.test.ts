/** Paired players on the Sessions page. */
import { expect, test } from "bun:test";
import { openPages } from "./support.ts";

const id = "ab".repeat(32);
const phone = { id, name: "Moonlight at 192.0.2.7", kind: "gamestream", paired_unix_ms: 1 };
const script = { "hx-request": "true" };

test("a paired player is renamed where it is listed", async () => {
  await using pages = await openPages();
  const { people } = pages.host;
  people.paired = [phone];
  expect(await (await pages.get("/parts/players")).text()).toContain(`value="${phone.name}"`);
  const answer = await pages.post(`/players/${id}/rename`, { name: " Living room " }, script);
  expect(answer.headers.get("hx-trigger")).toBe("players-changed");
  expect(await answer.text()).toContain("Renamed");
  expect(people.paired).toEqual([{ ...phone, name: "Living room" }]);
  const plain = await pages.post(`/players/${id}/rename`, { name: "Tablet" });
  expect(await pages.follow(plain, "/sessions#players")).toContain("Renamed");
});

test("a name that nobody can see, and a player that is gone, are reported in both languages", async () => {
  await using pages = await openPages();
  const rename = async (name: string, language: string) => {
    const headers = { ...script, "accept-language": language };
    return await (await pages.post(`/players/${id}/rename`, { name }, headers)).text();
  };
  expect(await rename("\u200b ", "en")).toContain("1 to 64 visible characters");
  expect(await rename("\u200b ", "de")).toContain("1 bis 64 sichtbare Zeichen");
  expect(await rename("Tablet", "en")).toContain("no longer paired");
  expect(await rename("Tablet", "de")).toContain("nicht mehr gekoppelt");
});
