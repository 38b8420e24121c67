/** Events as sentences: each action in both languages, and fields as recorded where there is none. */
import { expect, test } from "bun:test";
import { Glob } from "bun";
import { Failure } from "../../src/base/failure.ts";
import { catalogues, type Language, languages } from "../../src/i18n/language.ts";
import { type LabelFields, labelFields } from "../../src/model/checkpoint-label.ts";
import { ending } from "../../src/model/ending.ts";
import { reason, reasonFields } from "../../src/model/reason.ts";
import { settingsDefault, settingsFields } from "../../src/model/settings.ts";
import type {
  ApiCallEvent,
  ClientEvent,
  HostAction,
  SessionEvent,
  StateChangeEvent,
  StreamEvent,
} from "../../src/model/timeline.ts";
import { warningEvent } from "../../src/model/warning.ts";
import { encoderChange } from "../../src/video/encoder-change.ts";
import { eventText, labelOf } from "../../views/event-text.ts";
import { Format } from "../../views/format.ts";
import { call } from "../support/timeline-parts.ts";

const readers = {
  en: { language: "en", messages: catalogues.en, format: new Format("en", "UTC") },
  de: { language: "de", messages: catalogues.de, format: new Format("de", "UTC") },
} as const;
const both = (event: HostAction) =>
  languages.map((language) => eventText(readers[language], event));

/** What an event has besides its type and action, and what is said of it. */
type Case<Event> = readonly [fields: Partial<Event>, texts: Record<Language, string>];
/** A missing action does not compile. */
type Cases<Event extends { action: string }> = Record<Event["action"], Case<Event>>;

const sessions: Cases<SessionEvent> = {
  connected: [
    {},
    {
      en: "vm connected, 1280x720@60 H.264 · session 3",
      de: "vm verbunden, 1280x720@60 H.264 · Sitzung 3",
    },
  ],
  disconnected: [
    reasonFields(ending("player_silent", { seconds: 10 })),
    {
      en: "vm disconnected: the player was silent for 10 s · session 3",
      de: "vm getrennt: vom Player kam 10 s lang nichts · Sitzung 3",
    },
  ],
  resumed: [
    { codec: "hevc" },
    {
      en: "vm resumed, 1280x720@60 HEVC · session 3",
      de: "vm fortgesetzt, 1280x720@60 HEVC · Sitzung 3",
    },
  ],
};

/** As it is said of session 3. */
function ofThird<Fields>(fields: Fields, en: string, de: string) {
  return [fields, { en: `${en} · session 3`, de: `${de} · Sitzung 3` }] as const;
}

const streams: Cases<StreamEvent> = {
  idr_requested: ofThird(
    { by: "player" },
    "key frame requested by the player",
    "Schlüsselbild vom Player angefordert",
  ),
  click_shown: ofThird(
    {
      ...{ total_us: 38_000, to_host_us: 1000, to_capture_us: 9000 },
      ...{ to_encoded_us: 3000, to_shown_us: 25_000 },
    },
    "click to picture 38 ms: to the host 1 ms, until capture 9 ms, encoding 3 ms, until displayed 25 ms",
    "Klick bis zum Bild 38 ms: bis zum Host 1 ms, bis zum Erfassen 9 ms, Kodieren 3 ms, bis zur Anzeige 25 ms",
  ),
  idr_sent: [{}, { en: "key frame sent · session 3", de: "Schlüsselbild gesendet · Sitzung 3" }],
  bitrate_changed: ofThird(
    { from_kbps: 10_000, to_kbps: 4000, by: "operator" },
    "bitrate 10.0 → 4.0 Mbit/s, requested by the operator",
    "Bitrate 10,0 → 4,0 Mbit/s, vom Betreiber angefordert",
  ),
  picture_changed: ofThird(
    reasonFields(reason("picture_lowered", { from: "1280x720@60", to: "852x480@30", kbps: 400 })),
    "picture adapted to the bitrate: 1280x720@60 to 852x480@30, because 400 kbit/s cannot carry more",
    "Bild an die Bitrate angepasst: 1280x720@60 → 852x480@30, weil 400 kbit/s für mehr nicht reichen",
  ),
  encoder_reset: [
    reasonFields(
      encoderChange(
        { width: 1280, height: 720, fps: 60, bitrateKbps: 9000 },
        { width: 1280, height: 720, fps: 30, bitrateKbps: 9000, preset: "fast" },
      ),
    ),
    {
      en: "encoder restarted: preset default to fast, 60 to 30 fps · session 3",
      de: "Encoder neu gestartet: Preset Standard → fast, 60 → 30 Bilder pro Sekunde · Sitzung 3",
    },
  ],
  source_starved: ofThird({ ms: 1204 }, "source frozen for 1.2 s", "Quelle seit 1,2 s eingefroren"),
  source_resumed: ofThird(
    { ms: 10_204 },
    "source resumed after 10.2 s",
    "Quelle liefert nach 10,2 s wieder neue Bilder",
  ),
  player_unreachable: ofThird(
    { ms: 1204 },
    "player unreachable for 1.2 s",
    "Player seit 1,2 s nicht erreichbar",
  ),
  player_reachable: ofThird(
    { ms: 10_204 },
    "player reachable again, after 10.2 s",
    "Player nach 10,2 s wieder erreichbar",
  ),
  source_resized: ofThird(
    { width: 1920, height: 1080 },
    "source is now 1920×1080",
    "Quelle ist jetzt 1920×1080 groß",
  ),
  source_gone: ofThird(
    reasonFields(reason("screen_off")),
    "source shows nothing, streaming black: the screen is switched off",
    "Quelle zeigt nichts, es wird Schwarz gestreamt: der Bildschirm ist ausgeschaltet",
  ),
  source_back: ofThird({ ms: 2500 }, "source is back after 2.5 s", "Quelle ist nach 2,5 s zurück"),
  host_stopped: ofThird(
    { ms: 1500 },
    "host was stopped or suspended for 1.5 s",
    "Host war 1,5 s lang angehalten oder im Ruhezustand",
  ),
  loss_burst: ofThird(
    { packets: 40, ms: 500 },
    "40 packets lost within 0.5 s",
    "40 Pakete binnen 0,5 s verloren",
  ),
  verdict_turned: ofThird(
    { quality: "stutter", cause: "encoder_slow" },
    "verdict: Stutter, Encoder too slow",
    "Befund: Ruckelt, Encoder zu langsam",
  ),
  slots_missed: ofThird(
    { slots: 33, ms: 1083 },
    "33 frames skipped in 1.1 s (not ready in time)",
    "33 Bilder ausgelassen in 1,1 s (nicht rechtzeitig fertig)",
  ),
  viewer_joined: [
    { viewers: 2 },
    { en: "viewer joined, now 2 · session 3", de: "Zuschauer dazugekommen, jetzt 2 · Sitzung 3" },
  ],
  viewer_left: [
    { viewers: 0 },
    { en: "viewer left, now 0 · session 3", de: "Zuschauer gegangen, jetzt 0 · Sitzung 3" },
  ],
};

const clients: Cases<ClientEvent> = {
  stall: ofThird(
    reasonFields(reason("frames_lost", { frames: 3 })),
    "player stalled: 3 frames were lost",
    "Player stockte: 3 Bilder gingen verloren",
  ),
  sound_out: ofThird(
    reasonFields(reason("sound_ran_out", { times: 2 })),
    "sound ran out at the viewer: sound ran out 2 times",
    "Ton beim Zuschauer ausgesetzt: Ton setzte 2-mal aus",
  ),
  decode_error: ofThird(
    { client: "vm", ...reasonFields(reason("decoding_failed", { times: 1 })) },
    "decode error at the player (vm): decoding failed once",
    "Dekodierfehler beim Player (vm): Decoder gab einmal auf",
  ),
  tab_hidden: ofThird(
    { ms: 12_345 },
    "viewer’s tab hidden for 12.3 s",
    "Tab des Zuschauers verborgen, 12,3 s lang",
  ),
  jumped_to_live: ofThird(
    { ms: 900 },
    "viewer jumped to live, was 0.9 s behind",
    "Zuschauer ist zum Live-Bild gesprungen, lag 0,9 s zurück",
  ),
};

const playing = { client: "vm", codec: "h264", mode: "1280x720@60", reason: "" };
const casesOf = (type: string, cases: Record<string, Case<object>>, more = {}) =>
  Object.entries(cases).map(([action, [fields, texts]]) => {
    const event = { type, action, session_id: 3, ...more, ...fields } as HostAction;
    return [action, event, texts] as const;
  });

test.each([
  ...casesOf("session", sessions, playing),
  ...casesOf("stream", streams),
  ...casesOf("client", clients),
])("%s is a sentence in both languages", (_, event, texts) => {
  expect(both(event)).toEqual([texts.en, texts.de]);
});

test("one is not many, and short times are in milliseconds", () => {
  const lost: HostAction = {
    type: "stream",
    action: "loss_burst",
    session_id: 1,
    packets: 1,
    ms: 3,
  };
  expect(both(lost)).toEqual([
    "1 packet lost within 3 ms · session 1",
    "1 Paket binnen 3 ms verloren · Sitzung 1",
  ]);
  const late: HostAction = {
    type: "stream",
    action: "slots_missed",
    session_id: 1,
    slots: 1,
    ms: 99,
  };
  expect(both(late)[0]).toBe("1 frame skipped in 99 ms (not ready in time) · session 1");
  expect(both({ ...late, ms: 100, slots: 1234 })).toEqual([
    "1,234 frames skipped in 0.1 s (not ready in time) · session 1",
    "1.234 Bilder ausgelassen in 0,1 s (nicht rechtzeitig fertig) · Sitzung 1",
  ]);
  expect(both({ ...late, ms: 2000, slots: 120, source: "x11::9" })).toEqual([
    "120 frames skipped in 2 s (x11::9 does not answer) · session 1",
    "120 Bilder ausgelassen in 2 s (x11::9 antwortet nicht) · Sitzung 1",
  ]);
});

test("a call keeps its method, path, body, status, duration and actor; the log keeps its text", () => {
  const made = call("a", { replayed: true }) as ApiCallEvent;
  const event = { ...made, path: "/api/v1/x/7", body: { a: 1 }, duration_us: 1500 };
  expect(both(event)).toEqual([
    'POST /api/v1/x/7 {"a":1} → 200, 1.5 ms · token · replayed',
    'POST /api/v1/x/7 {"a":1} → 200, 1,5 ms · Token · wiederholt',
  ]);
  const line = "warn: it happened";
  expect(both({ type: "log", level: "warn", message: "it happened" })).toEqual([line, line]);
});

test("a warning is written by its code, with what was in the way by its own", () => {
  const locked = new Failure("data_dir_locked", "Cannot open it: another host has it");
  expect(both(warningEvent("capture_left_in_place", { cause: locked }))).toEqual([
    "warning: damaged capture left in place: Another host is using the data directory",
    "Warnung: beschädigte Aufzeichnung bleibt, wo sie ist: Ein anderer Host verwendet das Datenverzeichnis",
  ]);
  const silent = ending("player_silent", { seconds: 10 });
  expect(both(warningEvent("gamestream_session_not_begun", reasonFields(silent)))).toEqual([
    "warning: GameStream session not started: the player was silent for 10 s",
    "Warnung: GameStream-Sitzung nicht gestartet: vom Player kam 10 s lang nichts",
  ]);
  const refused = { reason: "EACCES: permission denied" };
  expect(both(warningEvent("relay_lost", refused))[1]).toBe(
    "Warnung: Verbindung zum Relay verloren: EACCES: permission denied",
  );
  const later = { ...warningEvent("relay_lost", {}), code: "constructor" };
  expect(both(later)).toEqual([
    "warn: connection to the relay lost",
    "warn: connection to the relay lost",
  ]);
});

test("a checkpoint that the host took is labelled in both languages, another one as it was given", () => {
  const labels = (fields: LabelFields) =>
    languages.map((language) => labelOf(readers[language], { id: "c-1", ...fields }));
  const names = "bitrate_kbps, constructor";
  expect(labels(labelFields({ code: "settings_before", values: { names } }))).toEqual([
    "before bitrate_kbps, constructor",
    "vor der Änderung: Bitrate, constructor",
  ]);
  expect(labels({ label: "before x" })).toEqual(["before x", "before x"]);
  expect(labels({ label: null })).toEqual(["c-1", "c-1"]);
  const odd = { label: "as given", label_code: "session_connected", label_values: { session: -1 } };
  expect(labels(odd)).toEqual(["as given", "as given"]);
});

const changed = (key: string, old: unknown, now: unknown): StateChangeEvent => ({
  ...{ type: "state_change", key, old, new: now, caused_by: "console" },
});

test("a setting that was changed is named, with what it was and what it is", () => {
  expect(both(changed("settings.bitrate_kbps", 0, 4250))).toEqual([
    "setting bitrate: player’s choice → 4.25 Mbit/s · console",
    "Einstellung Bitrate: Wahl des Players → 4,25 Mbit/s · Konsole",
  ]);
  expect(both(changed("settings.keep_on_stall_ms", 0, 500))).toEqual([
    "setting save on stalls: off → 500 ms · console",
    "Einstellung Sichern bei Stockungen: aus → 500 ms · Konsole",
  ]);
  expect(both(changed("settings.keep_on_lost", 3, 1))[1]).toMatch("3 pro Sekunde → 1 pro Sekunde");
  expect(both(changed("settings.keep_on_late", 1, 2))[0]).toMatch("1 frame time → 2 frame times");
  expect(both(changed("settings.pacing_share", 0.5, 0.25))[1]).toMatch(
    /: 50\s% → 25\s% · Konsole$/,
  );
  expect(both(changed("settings.encoder_preset", "", "fast"))[0]).toBe(
    "setting encoder preset: as started → fast · console",
  );
  expect(both(changed("sessions.3.bitrate_kbps", 9000, 12_000))).toEqual([
    "requested bitrate: 9.0 Mbit/s → 12.0 Mbit/s · console · session 3",
    "angeforderte Bitrate: 9,0 Mbit/s → 12,0 Mbit/s · Konsole · Sitzung 3",
  ]);
  for (const field of settingsFields) {
    for (const text of both(changed(`settings.${field}`, settingsDefault[field], { odd: [] })))
      expect(text).not.toContain(field);
  }
  expect(both(changed("source", null, undefined))[0]).toBe("source: null → – · console");
});

test("every form of the console has its name", async () => {
  const routes: string[] = [];
  for await (const path of new Glob("src/pages/*.ts").scan(".")) {
    const text = await Bun.file(path).text();
    for (const [, route = ""] of text.matchAll(/\.post\(\s*"([^"]+)"/g)) routes.push(route);
  }
  const open = ["/sign-in", "/sign-out", "/language", "/join"];
  const recorded = routes.filter((route) => !open.includes(route));
  expect(recorded.length).toBeGreaterThan(20);
  for (const route of recorded) {
    const [page = "", ...rest] = route.split("/").slice(1);
    const control = rest.findLast((name) => !name.startsWith(":")) ?? "form";
    for (const text of both({ type: "ui_action", page, control, value: "7" }))
      expect([route, text]).toEqual([
        route,
        expect.stringMatching(/^[^:·]+ · (session |Sitzung )?7$/),
      ]);
  }
});

test("what no sentence is known for is shown by its fields as recorded", () => {
  for (const action of ["teleported", "constructor", "__proto__", "toString"]) {
    const event = { type: "stream", action, session_id: 3, ms: 7, more: { a: 1 } };
    const raw = `${action}, session_id 3, ms 7, more {"a":1}`;
    expect(both(event as unknown as HostAction)).toEqual([raw, raw]);
    expect(both({ type: "ui_action", page: action, control: action, value: "v" })[0]).toBe(
      `${action}: ${action} v`,
    );
  }
  const incomplete: HostAction = { type: "stream", action: "bitrate_changed", session_id: 3 };
  expect(both(incomplete)[1]).toBe("bitrate_changed, session_id 3");
  const asked: HostAction = { ...incomplete, action: "idr_requested", by: "constructor" };
  expect(both(asked)[0]).toBe("key frame requested by “constructor” · session 3");
});

test("a stream of browsers is named by how many watch it", () => {
  const event = { ...playing, client: "2 viewers", viewers: 2 };
  expect(both({ type: "session", action: "disconnected", session_id: 3, ...event })).toEqual([
    "2 viewers disconnected · session 3",
    "2 Zuschauer getrennt · Sitzung 3",
  ]);
});

test("an encoder that changed in everything says each change as its reader writes it", () => {
  const before = { width: 1280, height: 720, fps: 60, bitrateKbps: 9000 };
  const after = { width: 640, height: 360, fps: 30, bitrateKbps: 4000, preset: "p4" };
  const event = {
    ...{ type: "stream", action: "encoder_reset", session_id: 3 },
    ...reasonFields(encoderChange(before, after)),
  } as HostAction;
  const [en = "", de = ""] = both(event);
  expect(en).toContain("1280x720 to 640x360, preset default to p4, 60 to 30 fps");
  expect(de).toContain("1280x720 → 640x360, Preset Standard → p4, 60 → 30 Bilder pro Sekunde");
  expect(de).toContain("9 → 4 Mbit/s");
});

test("a rate that is a fraction keeps its digits", () => {
  const before = { width: 1280, height: 720, fps: 60, bitrateKbps: 9000 };
  const change = reasonFields(encoderChange(before, { ...before, fps: 59.94 }));
  const event = { type: "stream", action: "encoder_reset", session_id: 3, ...change } as HostAction;
  const [en = "", de = ""] = both(event);
  expect(en).toContain("60 to 59.94 fps");
  expect(de).toContain("60 → 59,94 Bilder pro Sekunde");
});

test("a recording from before there were codes shows its reasons as they were written", () => {
  for (const text of ["the player was silent for 10 s", "<b>1 frame was lost</b>", "$1"]) {
    const event: HostAction = { type: "client", action: "stall", session_id: 3, reason: text };
    for (const shown of both(event)) expect(shown).toContain(`: ${text} · `);
  }
});

test("a code of a later version, or values that are not its own, leave the recorded reason", () => {
  const event = { type: "client", action: "stall", session_id: 3, reason: "as recorded" } as const;
  for (const [reason_code, reason_values] of [
    ["constructor", {}],
    ["frames_thawed", { frames: 3 }],
    ["frames_lost", {}],
    ["frames_lost", { frames: "3" }],
    ["frames_lost", { frames: -1 }],
    ["frames_lost", undefined],
  ] as const) {
    const told = { ...event, reason_code, ...(reason_values && { reason_values }) } as HostAction;
    for (const shown of both(told)) expect(shown).toContain(": as recorded · ");
  }
});
