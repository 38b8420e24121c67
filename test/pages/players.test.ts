/** Paired players on the Sessions page. */
import { expect, test } from "bun:test";
import { playingSession } from "../support/made-capture.ts";
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

test("a bitrate below what a stream's size takes is refused beside its form, in both languages", async () => {
  await using pages = await openPages();
  pages.host.people.playing = [playingSession({ session_id: 7, width: 8192, height: 4320 })];
  const set = async (language: string) => {
    const headers = { ...script, "accept-language": language };
    const answer = await pages.post("/sessions/7/bitrate", { bitrate_kbps: "500" }, headers);
    return [answer.status, await answer.text()];
  };
  expect(await set("en")).toEqual([200, expect.stringMatching(/from 868 to 500,?000/)]);
  expect(await set("de")).toEqual([200, expect.stringMatching(/868 bis 500\.?000/)]);
  expect(pages.host.people.playing[0]?.bitrate_kbps).not.toBe(500);
});
