/** The page of the archive: captures of this host and others, and opening one here. */
import { Elysia } from "elysia";
import { type ArchiveView, archivePage } from "../../views/archive.ts";
import { Failure } from "../base/failure.ts";
import { archiveOpen } from "../operations/archive.ts";
import { act } from "./acting.ts";
import { goTo, type PageMaker, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

/** The archive in the console. */
export function archiveRoutes(parts: ConsoleParts, tools: Tools) {
  return new Elysia({ name: "pages/archive" })
    .get("/archive", ({ request }) => show(parts, tools, { request }), hidden)
    .post("/archive/open", ({ request }) => open(parts, tools, request), hidden);
}

type Shown = { readonly request: Request; readonly fault?: Failure };

async function show(
  { archive }: ConsoleParts,
  { page, readers }: Tools,
  { request, fault }: Shown,
): Promise<Response> {
  const reader = readers.of(request);
  const chosen = new URL(request.url).searchParams.get("host") ?? "";
  const status = archive.status();
  const all = status.target === undefined ? [] : await listed(archive);
  const isListed = !("problem" in all);
  const hosts = isListed ? [...new Set(all.flatMap(({ meta }) => meta.host ?? []))].sort() : [];
  const list = isListed && chosen !== "" ? all.filter(({ meta }) => meta.host === chosen) : all;
  const view: ArchiveView = { status, list, hosts: hosts.slice(0, 500), chosen, fault };
  const { title } = reader.messages.archive;
  return page(request, { title, main: archivePage(reader, view) }, fault === undefined ? 200 : 422);
}

async function listed(archive: ConsoleParts["archive"]): Promise<ArchiveView["list"]> {
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
