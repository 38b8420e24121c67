/** The Watch page: starting a stream, and watching one that runs. */
import { Elysia } from "elysia";
import { failureText } from "../../views/failure.ts";
import { playerPage, type WatchNotice, watchPage } from "../../views/watch.ts";
import { Failure } from "../base/failure.ts";
import type { StreamRequest, WatchStream } from "../model/watch.ts";
import { goTo, type PageMaker, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";
import { hidden } from "./route.ts";

type Tools = { readonly page: PageMaker; readonly readers: Readers };

export function watchRoutes({ streams }: ConsoleParts, { page, readers }: Tools) {
  const show = (request: Request, notice?: WatchNotice | Failure) => {
    const reader = readers.of(request);
    const { watch: words } = reader.messages;
    const text = notice instanceof Failure ? failureText(reader, notice) : notice && words[notice];
    const main = watchPage(reader, {
      streams: streams.streams(),
      ...(text === undefined ? {} : { notice: text }),
    });
    return page(request, { title: words.title, main }, notice === undefined ? 200 : 422);
  };
  const find = (text: string): WatchStream | undefined =>
    streams.streams().find(({ session_id }) => String(session_id) === text);
  return new Elysia({ name: "pages/watch" })
    .get("/watch", ({ request }) => show(request), hidden)
    .post(
      "/watch",
      async ({ request }) => {
        const wanted = readRequest(await readForm(request));
        if (wanted === undefined) return show(request, "invalid");
        try {
          return goTo(`/watch/${(await streams.open(wanted)).session_id}`);
        } catch (error) {
          if (error instanceof Failure) return show(request, error);
          throw error;
        }
      },
      hidden,
    )
    .get(
      "/watch/:id",
      ({ request, params }) => {
        const stream = find(params.id);
        if (stream === undefined) return show(request, "gone");
        const reader = readers.of(request);
        const main = playerPage(reader, stream);
        return page(request, { title: reader.messages.watch.title, main, hasPlayer: true });
      },
      hidden,
    )
    .post(
      "/watch/:id/end",
      async ({ params }) => {
        const stream = find(params.id);
        if (stream !== undefined) await streams.close(stream.session_id);
        return goTo("/watch");
      },
      hidden,
    );
}

/** `undefined` for what no form of ours sends; the encoder says the rest. */
function readRequest(form: URLSearchParams): StreamRequest | undefined {
  const [width, height] = (form.get("size") ?? "").split("x").map(Number);
  const fps = Number(form.get("fps"));
  const kbps = Number(form.get("bitrate_kbps"));
  const codec = form.get("codec");
  const source = form.get("source")?.trim() ?? "";
  const numbers = [width, height, fps, kbps];
  if (!numbers.every((value) => Number.isInteger(value))) return undefined;
  if (codec !== "h264" && codec !== "av1") return undefined;
  if (source !== "" && !/^(testsrc|x11:.+|file:.+)$/.test(source)) return undefined;
  return {
    ...(source === "" ? {} : { source }),
    // Whole numbers, as checked.
    width: width as number,
    height: height as number,
    fps,
    codec,
    bitrate_kbps: kbps,
  };
}
