/** A file of another tool becomes a capture, from the page and from the command. */
import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { Value } from "@sinclair/typebox/value";
import { Glob } from "bun";
import { ImportProgress } from "../../src/model/recording-import.ts";
import { openPages } from "./support.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const csv = `os,cpu,gpu
a,b,c
fps,frametime,cpu_load,elapsed
${Array.from({ length: 120 }, (_, index) => `60,16.667,40,${index}`).join("\n")}`;

type Pages = Awaited<ReturnType<typeof openPages>>;

function fileOf(text: string): FormData {
  const body = new FormData();
  body.set("file", new Blob([text]), "game.csv");
  return body;
}

async function sendFile(pages: Pages, path: string, body: FormData): Promise<Response> {
  return await fetch(`${pages.host.url}${path}`, {
    method: "POST",
    body,
    headers: { cookie: pages.cookie, origin: pages.host.url },
    redirect: "manual",
  });
}

async function upload(pages: Pages, text: string) {
  const answer = await sendFile(pages, "/recordings/import", fileOf(text));
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

test("every form with a file takes one of more than an ordinary request", async () => {
  await using pages = await openPages();
  const sources = [...new Glob("views/*.ts").scanSync({ cwd: root, absolute: true })];
  const texts = await Promise.all(sources.map((path) => Bun.file(path).text()));
  const found = texts.flatMap((text) => [
    ...text.matchAll(/action="([^"$]+)" enctype="multipart\/form-data"/g),
  ]);
  const actions = new Set(found.map(([, action = ""]) => action));
  expect([...actions].sort()).toEqual(["/recordings/import", "/timeline/import"]);
  for (const action of actions) {
    const answer = await sendFile(pages, action, fileOf("x".repeat(200_000)));
    expect([action, answer.status]).not.toEqual([action, 413]);
  }
});

/** So many lines are read in a second or two: long enough to look at the host meanwhile. */
const longCsv = `os,cpu,gpu\na,b,c\nfps,frametime,elapsed\n${"60,16.667,1\n".repeat(200_000)}`;

async function progressOf(pages: Pages) {
  const answer: unknown = await (await pages.get("/api/v1/stats/import")).json();
  return Value.Parse(ImportProgress, answer);
}

test("the host answers others while it reads a long file, and says how far it is", async () => {
  await using pages = await openPages();
  let isDone = false;
  const uploaded = upload(pages, longCsv).finally(() => {
    isDone = true;
  });
  const shares = new Set<number>();
  while (!isDone) {
    const { share } = await progressOf(pages);
    if (share !== undefined && !isDone) shares.add(share);
  }
  expect(await uploaded).toContain("Imported from MangoHud: 200,000 frames.");
  expect(shares.size).toBeGreaterThan(5);
});

test("a second file waits for nobody: it is refused while another one is read", async () => {
  await using pages = await openPages();
  const first = upload(pages, longCsv);
  while (!(await progressOf(pages)).is_running);
  expect(await upload(pages, csv)).toContain("Another file is being imported.");
  expect(await first).toContain("200,000 frames");
});
