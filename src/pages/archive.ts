/** The page of the archive: captures of this host and others, and opening one here. */
import { Elysia } from "elysia";
import { type ArchiveView, archiveList, archivePage } from "../../views/archive.ts";
import { Failure } from "../base/failure.ts";
import { archiveOpen } from "../operations/archive.ts";
import { act } from "./acting.ts";
import { atOnce } from "./at-once.ts";
import { goTo, type PageMaker, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

/** The archive in the console. */
export function archiveRoutes(parts: ConsoleParts, tools: Tools) {
  return new Elysia({ name: "pages/archive" })
    .get("/archive", ({ request }) => show(parts, tools, { request }), hidden)
    .get("/archive/list", ({ request }) => showList(parts, tools, request), hidden)
    .post("/archive/open", ({ request }) => open(parts, tools, request), hidden);
}

type Shown = { readonly request: Request; readonly fault?: Failure };

async function show(
  { archive }: ConsoleParts,
  { page, readers }: Tools,
  { request, fault }: Shown,
): Promise<Response> {
  const reader = readers.of(request);
  const isOff = archive.status().target === undefined;
  const found = isOff ? [] : await atOnce(listed(archive));
  // As it is after the store has answered.
  const view = { ...viewOf(request, found), status: archive.status(), fault };
  const { title } = reader.messages.archive;
  return page(request, { title, main: archivePage(reader, view) }, fault === undefined ? 200 : 422);
}

/** For a page that did not wait for it. */
async function showList(
  { archive }: ConsoleParts,
  { readers }: Tools,
  request: Request,
): Promise<Response> {
  const view = { ...viewOf(request, await listed(archive)), status: archive.status() };
  return partResponse(archiveList(readers.of(request), view));
}

function viewOf(request: Request, all: Found | undefined): Omit<ArchiveView, "status" | "fault"> {
  const chosen = new URL(request.url).searchParams.get("host") ?? "";
  if (all === undefined || "problem" in all) return { list: all, hosts: [], chosen };
  const hosts = [...new Set(all.flatMap(({ meta }) => meta.host ?? []))].sort().slice(0, 500);
  const list = chosen === "" ? all : all.filter(({ meta }) => meta.host === chosen);
  return { list, hosts, chosen };
}

type Found = NonNullable<ArchiveView["list"]>;

async function listed(archive: ConsoleParts["archive"]): Promise<Found> {
  try {
    return await archive.list();
  } catch (error) {
    if (error instanceof Failure) return { problem: error };
    throw error;
  }
}

async function open(parts: ConsoleParts, tools: Tools, request: Request): Promise<Response> {
  const key = (await readForm(request)).get("key") ?? "";
  try {
    const meta = await act(parts, request, [archiveOpen, { body: { key } }]);
    return goTo(`/recordings/${encodeURIComponent(meta.id)}`);
  } catch (error) {
    if (error instanceof Failure) return await show(parts, tools, { request, fault: error });
    throw error;
  }
}
