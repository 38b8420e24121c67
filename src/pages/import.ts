/** Importing a file of another tool from the list of captures. */
import { Elysia } from "elysia";
import { type ImportResult, importPage } from "../../views/import.ts";
import { Failure } from "../base/failure.ts";
import { recordingBytesMax } from "../model/recording-import.ts";
import { statsRecordingImport } from "../operations/import.ts";
import { act } from "./acting.ts";
import { goTo, type PageMaker } from "./html-response.ts";
import { Notices } from "./notices.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

const path = "/recordings/import";

export function importRoutes(
  parts: ConsoleParts,
  { page, readers }: { readonly page: PageMaker; readonly readers: Readers },
) {
  const results = new Notices<ImportResult>();
  return new Elysia({ name: "pages/import" })
    .get(
      path,
      ({ request }) => {
        const reader = readers.of(request);
        const { title } = reader.messages.imports;
        return page(request, { title, main: importPage(reader, results.find(request)) });
      },
      hidden,
    )
    .post(
      path,
      async ({ request }) => {
        return goTo(`${path}${results.keep(await imported(parts, request))}`);
      },
      hidden,
    );
}

async function imported(parts: ConsoleParts, request: Request): Promise<ImportResult> {
  try {
    const file = await readFile(request);
    if (file === undefined) return { kind: "no_file" };
    return { kind: "done", done: await act(parts, request, [statsRecordingImport, { file }]) };
  } catch (error) {
    if (error instanceof Failure) return { kind: "refused", fault: error };
    throw error;
  }
}

async function readFile(request: Request): Promise<Uint8Array | undefined> {
  const type = request.headers.get("content-type") ?? "";
  if (!type.startsWith("multipart/form-data")) return undefined;
  const form = await request.formData().catch((cause: unknown) => {
    throw new Failure("malformed", "Cannot read the form: it is malformed", { cause });
  });
  const file = form.get("file");
  if (!(file instanceof Blob) || file.size === 0) return undefined;
  if (file.size > recordingBytesMax) {
    throw new Failure(
      "too_large",
      `Cannot import the file: it has more than ${recordingBytesMax} bytes`,
    );
  }
  return await file.bytes();
}
