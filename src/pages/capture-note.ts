/** The form that names, notes and labels a capture, or makes it the baseline. */
import { Elysia } from "elysia";
import { cutText } from "../base/cut-text.ts";
import { type CaptureChange, captureNoteLimits, cleanLabel } from "../model/capture-note.ts";
import { statsRecordingChange } from "../operations/recordings.ts";
import { actIfThere } from "./acting.ts";
import { goTo, type PageMaker, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { missing } from "./recording.ts";
import { hidden } from "./route.ts";

export function captureNoteRoutes(
  parts: ConsoleParts,
  tools: { readonly page: PageMaker; readonly readers: Readers },
) {
  return new Elysia({ name: "pages/capture-note" }).post(
    "/recordings/:id/note",
    async ({ request, params: { id } }) => {
      const input = { params: { id }, body: readNote(await readForm(request)) };
      const changed = await actIfThere(parts, request, [statsRecordingChange, input]);
      return changed ? goTo(`/recordings/${encodeURIComponent(id)}`) : missing(tools, request);
    },
    hidden,
  );
}

/** The complete form, within the limits of the operation. */
function readNote(form: URLSearchParams): CaptureChange {
  const { nameLengthMax, noteLengthMax, labelCountMax } = captureNoteLimits;
  const text = (name: string, lengthMax: number) => cutText(form.get(name) ?? "", lengthMax);
  const labels = (form.get("labels") ?? "").split(",").map(cleanLabel);
  return {
    name: text("name", nameLengthMax),
    note: text("note", noteLengthMax),
    labels: labels.filter((label) => label !== "").slice(0, labelCountMax),
    baseline: form.get("baseline") === "yes",
  };
}
