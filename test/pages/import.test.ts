/** A file of another tool becomes a capture, from the page and from the command. */
import { expect, test } from "bun:test";
import { openPages } from "./support.ts";

const csv = `os,cpu,gpu
a,b,c
fps,frametime,cpu_load,elapsed
${Array.from({ length: 120 }, (_, index) => `60,16.667,40,${index}`).join("\n")}`;

async function upload(pages: Awaited<ReturnType<typeof openPages>>, text: string) {
  const body = new FormData();
  body.set("file", new Blob([text]), "game.csv");
  const answer = await fetch(`${pages.host.url}/recordings/import`, {
    method: "POST",
    body,
    headers: { cookie: pages.cookie, origin: pages.host.url },
    redirect: "manual",
  });
  return await pages.follow(answer, "/recordings/import");
}

test("an uploaded file becomes a capture, and the page names its columns", async () => {
  await using pages = await openPages();
  const page = await upload(pages, csv);
  expect(page).toContain("Imported from MangoHud: 120 frames.");
  expect(page).toContain("machine.cpu_busy_share");
  const { captures } = await pages.host.store.list();
  expect(captures[0]).toMatchObject({ client: "MangoHud", fps: 60 });
  const shown = await (await pages.get(`/recordings/${captures[0]?.id}`)).text();
  expect(shown).toContain("MangoHud");
});

test("a file that nobody knows is refused with what is read", async () => {
  await using pages = await openPages();
  expect(await upload(pages, "a,b\n1,2")).toContain("PresentMon");
  expect((await pages.host.store.list()).captures).toEqual([]);
});
