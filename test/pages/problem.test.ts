/** What a person in front of a browser reads when there is no page, or it fails. */
import { expect, test } from "bun:test";
import { Failure } from "../../src/base/failure.ts";
import { catalogues } from "../../src/i18n/language.ts";
import { encodersFor } from "../../src/video/encoders.ts";
import { checkBitrate, checkHoldable, checkMode } from "../../src/video/options.ts";
import { failureText } from "../../views/failure.ts";
import { Format } from "../../views/format.ts";
import { openPages } from "./support.ts";

const browser = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const germanBrowser = { ...browser, "accept-language": "de" };

test("an unknown address is a page of the console to a browser, JSON to everybody else", async () => {
  await using pages = await openPages();
  for (const path of ["/nothing", "/sessions/", "/recordings/a/b/c", "/api/docs/none"]) {
    const page = await pages.get(path, germanBrowser);
    expect([path, page.status]).toEqual([path, 404]);
    const text = await page.text();
    expect(text).toContain('<html lang="de"');
    expect(text).toContain("Diese Seite gibt es nicht");
    expect(text).toContain('<nav aria-label="Hauptmenü">');
    const answer = await pages.get(path);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
      404,
      "not_found",
    ]);
  }
  for (const path of ["/api/v1/nothing", "/metrics/"]) {
    const answer = await pages.get(path, path.startsWith("/api") ? browser : {});
    expect(answer.headers.get("content-type")).toStartWith("application/json");
  }
});

test("who is not signed in sees no navigation on it", async () => {
  await using pages = await openPages();
  const page = await fetch(`${pages.host.url}/nothing`, { headers: browser });
  expect(page.status).toBe(404);
  expect(await page.text()).not.toContain("<nav");
});

test("an address that takes other requests says so, and which", async () => {
  await using pages = await openPages();
  const page = await pages.get("/capture/stop", germanBrowser);
  expect([page.status, page.headers.get("allow")]).toEqual([405, "POST"]);
  expect(await page.text()).toContain("Methode nicht erlaubt.");
});

test("a recording whose file is damaged is named in the reader's language", async () => {
  await using pages = await openPages();
  const { store } = pages.host;
  store.load = (id) =>
    Promise.reject(new Failure("capture_damaged", "Cannot load", { values: { id } }));
  const page = await pages.get("/recordings/a%3Cb%3E", germanBrowser);
  expect(page.status).toBe(500);
  expect(await page.text()).toContain("Die Datei der Aufzeichnung „a&lt;b&gt;“ ist beschädigt");
});

test("a part that fails leaves its place alone, and is said above the page", async () => {
  await using pages = await openPages();
  pages.host.store.list = () => Promise.reject(new Error("a bug"));
  const part = await pages.get("/parts/recordings", { ...germanBrowser, "hx-request": "true" });
  expect([part.status, part.headers.get("hx-retarget"), part.headers.get("hx-reswap")]).toEqual([
    500,
    "#problem",
    "innerHTML",
  ]);
  const text = await part.text();
  expect(text).toStartWith('<p class="notice bad">');
  expect(text).toContain("Interner Fehler.");
  expect(text).not.toContain("a bug");
});

test("a name that is not the host's gets a page that says what to do", async () => {
  await using pages = await openPages();
  const headers = { ...germanBrowser, host: "box.example" };
  const page = await fetch(pages.host.url, { headers });
  expect(page.status).toBe(421);
  expect(await page.text()).toContain("„box.example“ ist kein Name dieses Hosts");
});

const german = {
  language: "de",
  messages: catalogues.de,
  format: new Format("de-DE", "UTC"),
} as const;

function failureOf(action: () => void): Failure {
  try {
    action();
  } catch (failure) {
    if (failure instanceof Failure) return failure;
  }
  throw new Error("It did not fail");
}

test("failures of the encoder are shown with their values, in the reader's numbers", () => {
  const textOf = (action: () => void) => failureText(german, failureOf(action)).text;
  expect(textOf(() => checkMode({ width: 15, height: 16, fps: 60 }))).toBe(
    "Modus nicht möglich: Breite und Höhe müssen gerade sein und in 16–8192 liegen, die Bildrate in 1–480 fps.",
  );
  expect(textOf(() => checkBitrate(1))).toContain("von 200 bis 500.000 kbit/s");
  const [svt] = encodersFor("av1", "x264");
  const mode = { width: 1920, height: 1080, fps: 60 };
  expect(textOf(() => svt && checkHoldable(svt, mode, 2))).toBe(
    "Dieser Host kann 1920×1080 @ 60 mit libsvtav1 nicht schnell genug kodieren. Er schafft höchstens 1280×720 @ 60 oder 1920×1080 @ 26.",
  );
});

test("a failure without a text, or without its values, is shown with the host's own words", () => {
  const unknown = { code: "toString", message: "Cannot do <that>", values: {} };
  expect(failureText(german, unknown).text).toBe(
    'Der Host hat die Anfrage abgelehnt. <span lang="en" class="muted">Cannot do &lt;that&gt;</span>',
  );
  const bare = { code: "too_many", message: "Cannot start", values: {} };
  expect(failureText(german, bare).text).toContain("Cannot start");
  const disk = { code: "settings_not_saved", message: "", values: { disk: "EMFILE" } };
  expect(failureText(german, disk).text).toContain("Das System meldet EMFILE");
});

test("a stream that cannot be started is shown on the Watch page, in the reader's language", async () => {
  await using pages = await openPages();
  pages.host.watching.streams.open = () =>
    Promise.reject(
      new Failure("too_many", "Cannot start a stream: 8 are running", { values: { most: 8 } }),
    );
  const fields = { size: "1280x720", fps: "60", codec: "h264", bitrate_kbps: "5000" };
  const page = await pages.post("/watch", fields, germanBrowser);
  expect(await page.text()).toContain("Zu viele Streams: 8 laufen schon.");
});
