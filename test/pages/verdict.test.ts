/** A verdict in words: the first sentence names what made the stream stutter, in both languages. */
import { expect, test } from "bun:test";
import { english } from "../../src/i18n/english.ts";
import { german } from "../../src/i18n/german.ts";
import { settingsDefault } from "../../src/model/settings.ts";
import { causeCodes, type Verdict } from "../../src/model/verdict.ts";
import { verdictOf } from "../../src/verdict/verdict.ts";
import { captureSection } from "../../views/capture.ts";
import { Format, type Reader } from "../../views/format.ts";
import { verdictPart, verdictSentence } from "../../views/verdict.ts";
import { judgeRows } from "../verdict/judging.ts";
import { fate, type MadeRow, madeRows } from "../verdict/made-rows.ts";

const englishReader: Reader = { language: "en", messages: english, format: new Format("en") };
const germanReader: Reader = { language: "de", messages: german, format: new Format("de") };
const mode = { width: 1280, height: 720, fps: 60 };

const judge = (change: (row: number) => MadeRow): Verdict =>
  verdictOf({
    stream: { session_id: 1, ...mode, codec: "h264" },
    rows: madeRows(1800, change),
    windows: [],
  });

test("a smooth stream says so, with the share of frames in time", () => {
  const verdict = judge(() => ({}));
  expect(verdictSentence(englishReader, { verdict, mode })).toBe("Smooth: 100% of frames in time.");
  expect(verdictSentence(germanReader, { verdict, mode })).toBe(
    "Flüssig: 100 % der Bilder rechtzeitig.",
  );
});

test("a slow encoder is named in the first sentence", () => {
  const verdict = judge((row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}));
  expect(verdictSentence(englishReader, { verdict, mode })).toBe(
    "Stutter: 4.9% of frames left the host late, 100% of it because the encoder is too slow for 1280x720 at 60 fps on this machine.",
  );
  expect(verdictSentence(germanReader, { verdict, mode })).toBe(
    "Ruckelt: 4,9 % der Bilder verließen den Host zu spät, 100 % davon, weil der Encoder auf diesem Rechner für 1280x720 mit 60 fps zu langsam ist.",
  );
});

test("a preset that is too slow is named, as long as a faster one would do", () => {
  const rows = (encode_us: number) =>
    madeRows(1800, (row) => (row % 20 === 10 ? { encode_us } : {}));
  const stream = { session_id: 1, ...mode, codec: "h264", preset: "slow" };
  const verdict = verdictOf({ stream, rows: rows(40_000), windows: [] });
  expect(verdictSentence(englishReader, { verdict, mode })).toContain(
    "because the preset slow is too slow for 1280x720 at 60 fps on this machine.",
  );
  expect(verdictSentence(germanReader, { verdict, mode })).toContain(
    "weil das Preset slow auf diesem Rechner für 1280x720 mit 60 fps zu langsam ist.",
  );
  const beyond = verdictOf({ stream, rows: rows(400_000), windows: [] });
  expect(verdictSentence(englishReader, { verdict: beyond, mode })).toContain("the encoder is too");
});

test("a source slower than the stream is seen as repeated pictures, not as frames in time", () => {
  const verdict = judge((row) => ({ repeat: row % 3 === 0 ? 0 : 1 }));
  expect(verdictSentence(englishReader, { verdict, mode })).toMatch(
    /^Bad: 6\d% of frames show the previous picture, 100% of it because the source delivers only 20 /,
  );
  expect(verdictSentence(germanReader, { verdict, mode })).toMatch(
    /^Schlecht: 6\d\s% der Bilder wiederholen das vorige, 100\s% davon, weil die Quelle nur 20 /,
  );
});

test("late is said of the end that frames were measured until: charts of the host show no such frame", () => {
  const at = (row: number) => 9000 + (row % 20 === 10 ? 40_000 : 0);
  const complete = { verdict: judge((row) => ({ complete_us: at(row) })), mode };
  const shown = { verdict: judge((row) => ({ complete_us: 8000, shown_us: at(row) })), mode };
  expect(verdictSentence(englishReader, complete)).toContain(
    "4.9% of frames reached the player late",
  );
  expect(verdictSentence(germanReader, complete)).toContain("kamen zu spät beim Player an");
  expect(verdictSentence(englishReader, shown)).toContain("4.9% of frames were displayed late");
  expect(verdictSentence(germanReader, shown)).toContain("wurden zu spät angezeigt");
});

test("where no frame came through, no time is left out of the sentence", () => {
  for (const code of ["encoder_slow", "source_slow_capture", "source_slow_rate"] as const) {
    for (const momentary of [{}, { momentary: true }]) {
      const cause = {
        ...{ code, share: 1, episodes: 1, worst_ms: 0, worst_late_ms: 0 },
        ...momentary,
      };
      const verdict = {
        ...judge(() => ({})),
        quality: "bad",
        causes: [{ ...cause, evidence: [] }],
      };
      for (const reader of [englishReader, germanReader]) {
        const said = verdictSentence(reader, { verdict: verdict as Verdict, mode });
        expect(said).not.toMatch(/ {2}|took to | only new|nur neue|Bilder dauerte/);
      }
    }
  }
});

test("time that an encoder cost on the way is not said to be time of encoding", () => {
  const verdict = judge((row) => (row === 900 || row === 901 ? { encode_us: 40_000 } : {}));
  const [cause] = verdict.causes;
  if (cause === undefined) throw new Error("There is no cause");
  const evidence: Verdict["causes"][number]["evidence"] = [
    { metric: "network_us", usual: 300, seen: 7144, unit: "us" },
  ];
  const card = { verdict: { ...verdict, causes: [{ ...cause, evidence }] }, mode };
  expect(verdictSentence(englishReader, card)).toContain("some frames took long to encode");
  expect(verdictSentence(englishReader, card)).not.toContain("7.1");
});

test("a part that was slow in a few frames is not said to be too slow, and nothing is advised", () => {
  const verdict = judge((row) => (row === 900 || row === 901 ? { encode_us: 40_000 } : {}));
  const card = { verdict, mode, moments: "/timeline" };
  expect(verdictSentence(englishReader, card)).toBe(
    "Smooth: 99.9% of frames in time. Also, some frames took 40 ms to encode.",
  );
  expect(verdictSentence(germanReader, card)).toBe(
    "Flüssig: 99,9 % der Bilder rechtzeitig. Auffällig ist, dass das Kodieren einiger Bilder 40 ms dauerte.",
  );
  const { text } = verdictPart(englishReader, card);
  expect(text).toContain("Some frames took long to encode");
  expect(text).not.toMatch(/too slow|smaller/);
});

test("what cannot be decided is shown with the measure that is missing", () => {
  const verdict = judge((row) => ({
    cpu_wait_us: Number.NaN,
    ...(row % 20 === 10 ? { encode_us: 40_000 } : {}),
  }));
  expect(verdictSentence(englishReader, { verdict, mode })).toContain(
    "Cannot tell between Encoder too slow and Machine busy, because “waited for a core” was not measured",
  );
});

const questions = (row: number) => ({
  cpu_wait_us: Number.NaN,
  ...(row % 20 === 10 ? { encode_us: 40_000 } : {}),
});

test("packets that parity made up for make no poor picture, and what cannot be decided is still said", () => {
  const verdict = judge((row) => ({
    ...{ complete_us: 9000, ...questions(row) },
    ...(row % 5 === 0 ? { lost_packets: 2, rebuilt: 2 } : {}),
  }));
  expect(verdictSentence(englishReader, { verdict, mode })).toMatch(
    /^Stutter: 4\.9% of frames .* late\. Cannot tell between .*\. Also, the network lost packets/,
  );
  expect(verdictSentence(germanReader, { verdict, mode })).toMatch(
    /^Ruckelt: 4,9\s% der Bilder .*\. Auffällig ist, dass /,
  );
});

test("a poor picture is said with its cause, and with what cannot be decided", () => {
  const verdict = judgeRows(questions, () => ({ bitrate_kbps: 300, mbps: 0.298 }));
  expect(verdictSentence(englishReader, { verdict, mode })).toMatch(
    /^Poor picture: .*\. 4\.9% of frames left the host late\. Cannot tell between /,
  );
  expect(verdictSentence(germanReader, { verdict, mode })).toMatch(/^Schlechtes Bild, weil /);
});

test("every cause has its words and its card in both languages", () => {
  const verdict = judge((row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}));
  for (const code of causeCodes) {
    const causes = verdict.causes.map((cause) => ({ ...cause, code }));
    const card = { verdict: { ...verdict, causes }, mode, moments: "/timeline" };
    const [inEnglish, inGerman] = [englishReader, germanReader].map((reader) => ({
      sentence: verdictSentence(reader, card),
      card: verdictPart(reader, card).text,
    }));
    expect(inEnglish?.sentence).not.toBe(inGerman?.sentence ?? "");
    expect(inEnglish?.card).toContain(english.verdict.causes[code].name);
    expect(inGerman?.card).toContain(german.verdict.causes[code].name);
    expect(inEnglish?.card).not.toContain("undefined");
  }
});

test("the first page says how each session was in the last minute, and offers to keep it", () => {
  const session = {
    ...{ session_id: 1, kind: "native", client: "living room", codec: "h264", encoder: "libx264" },
    ...{ ...mode, bitrate_kbps: 10_000, started_unix_ms: 0 },
    ...{ frames_sent: 0, bytes_sent: 0, packets_sent: 0 },
  } as const;
  const verdict = judge((row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}));
  const status = { armed: false, sample_count: 0, started_unix_ms: 0, kind: "" };
  const ways = { moonlight: [], isHere: true, playCommand: "onglass play" };
  const verdicts = [{ session, verdict }];
  const now = { status, sessions: [session], verdicts, ways, judgedFromMs: 0 };
  const { text } = captureSection(englishReader, now);
  expect(text).toContain("the encoder is too slow for 1280x720 at 60 fps on this machine.");
  expect(text).toContain("Keep the last 30 s");
  const alone = { ...now, sessions: [], verdicts: [] };
  expect(captureSection(englishReader, alone).text).not.toContain("Keep the last 30 s");
});

test("the first page offers the next step as a button where onglass can take it", () => {
  const slow = verdictOf({
    stream: { session_id: 1, ...mode, codec: "h264", preset: "slow" },
    rows: madeRows(1800, (row) => (row % 20 === 10 ? { encode_us: 40_000 } : {})),
    windows: [],
  });
  const session = {
    ...{ session_id: 1, kind: "native", client: "living room", codec: "h264", encoder: "libx264" },
    ...{ ...mode, bitrate_kbps: 10_000, started_unix_ms: 0 },
    ...{ frames_sent: 0, bytes_sent: 0, packets_sent: 0 },
  } as const;
  const now = {
    status: { armed: false, sample_count: 0, started_unix_ms: 0, kind: "" },
    ...{ sessions: [session], verdicts: [{ session, verdict: slow }] },
    ways: { moonlight: [], isHere: true, playCommand: "onglass play" },
    settings: { ...settingsDefault, encoder_preset: "slow" },
    judgedFromMs: 1_000_000,
  };
  const { text } = captureSection(englishReader, now);
  expect(text).toContain('action="/verdict/try"');
  expect(text).toContain('name="encoder_preset" value="superfast"');
  const tried = { state: "measured", change: { encoder_preset: "superfast" }, was: {} } as const;
  const offersAfter = (changed_unix_ms: number) =>
    captureSection(englishReader, { ...now, trial: { ...tried, changed_unix_ms } }).text.includes(
      'action="/verdict/try"',
    );
  // The minute that is judged still has frames from before the step.
  expect(offersAfter(now.judgedFromMs + 1)).toBe(false);
  expect(offersAfter(now.judgedFromMs)).toBe(true);
});

test("a stream that was reduced to its link says what the link carries, in both languages", () => {
  const reduced = verdictOf({
    stream: { session_id: 1, ...mode, codec: "h264" },
    rows: madeRows(1800, () => ({})),
    windows: [2000, 4000, 6000].map((t_ms) => ({
      ...{ t_ms, session_id: 1, stages: [], fps: 60, repeat_fps: 0, mbps: 2.5, bitrate_kbps: 2600 },
      ...{ frames_dropped: 0, packets_dropped: 0, send_dropped: 0, fec_recovered: 0 },
      bitrate_asked_kbps: 6000,
    })),
  });
  const card = { verdict: reduced, mode };
  expect(verdictSentence(englishReader, card)).toContain(
    "Also, the network carries only 2.6 Mbit/s of the requested 6 Mbit/s, and the bitrate was lowered to that.",
  );
  expect(verdictSentence(germanReader, card)).toContain("dass das Netzwerk nur 2,6");
});

test("a cause that explains less than half leaves said what is open", () => {
  const open = verdictOf({
    stream: { session_id: 1, ...mode, codec: "h264" },
    rows: madeRows(1800, (row) => {
      if (row % 20 === 10) return { encode_us: 40_000 };
      return row % 20 === 0 ? { encode_us: 60_000, cpu_wait_us: Number.NaN } : {};
    }),
    windows: [],
  });
  const sentence = verdictSentence(englishReader, { verdict: open, mode });
  expect(open.causes[0]?.share).toBeLessThan(0.5);
  expect(sentence).toContain("because the encoder is too slow");
  expect(sentence).toContain(". Cannot tell between Encoder too slow and Machine busy, because");
});

test("two causes that explain less than half each are both in the sentence, by their shares", () => {
  const verdict = judge((row) => {
    if (row % 30 === 10) return { encode_us: 40_000 };
    if (row % 30 === 20) return { capture_us: 44_000 };
    return row % 15 === 0 ? { fate: fate("lost"), lost_packets: 18 } : {};
  });
  const said = /38% of it because capturing.*, 33% because the encoder is too slow/;
  expect(verdictSentence(englishReader, { verdict, mode })).toMatch(said);
  expect(verdictSentence(germanReader, { verdict, mode })).toMatch(/, 33\s%, weil der Encoder/);
});

test("a picture of too few bits is said first, and what came late keeps its own cause", () => {
  const coarse = (change: Parameters<typeof madeRows>[1]) => {
    const verdict = verdictOf({
      stream: { session_id: 1, ...mode, codec: "h264" },
      rows: madeRows(1800, change),
      windows: Array.from({ length: 15 }, (_, index) => ({
        ...{ t_ms: (index + 1) * 2000, session_id: 1, stages: [], fps: 60, repeat_fps: 0 },
        ...{ mbps: 0.3, bitrate_kbps: 300, quality: 4, frames_dropped: 0, packets_dropped: 0 },
        ...{ send_dropped: 0, fec_recovered: 0 },
      })),
    });
    return { verdict, mode };
  };
  const inTime = coarse(() => ({}));
  expect(verdictSentence(englishReader, inTime)).toBe(
    "Poor picture: 300 kbit/s is too low for 1280x720 at 60 fps. 100% of frames in time.",
  );
  expect(verdictSentence(germanReader, inTime)).toStartWith("Schlechtes Bild, weil 300 kbit");
  const late = coarse((row) => (row % 40 === 10 ? { encode_us: 60_000 } : {}));
  expect(verdictSentence(englishReader, late)).toMatch(
    /^Poor picture: .*fps\. \d.* left the host late, 100% of it because the encoder is too slow/,
  );
});

test("what a verdict does not rest on is on its card, in both languages", () => {
  const lacking = { unread: [{ from_ms: 60_000, to_ms: 75_000 }], rows_until_ms: 3_600_000 };
  const card = { verdict: { ...judge(() => ({})), ...lacking }, mode, moments: "/m" };
  const inEnglish = verdictPart(englishReader, card).text;
  expect(inEnglish).toContain("Not judged, because it could not be read: 1:00 – 1:15.");
  expect(inEnglish).toContain(
    "Judged until 1:00:00: there were more frames than one file can hold.",
  );
  const inGerman = verdictPart(germanReader, card).text;
  expect(inGerman).toContain("Nicht beurteilt, weil es sich nicht lesen ließ: 1:00 – 1:15.");
  expect(inGerman).toContain("Beurteilt bis 1:00:00: Es waren mehr Bilder, als eine Datei fasst.");
});

test("a player that reports no frames leaves shares that may be too small, and they are said to be", () => {
  const judged = (change: (row: number) => MadeRow) => {
    const stream = { session_id: 1, ...mode, codec: "h264", kind: "gamestream" };
    return verdictOf({ stream, rows: madeRows(1800, change), windows: [] });
  };
  const smooth = { verdict: judged(() => ({})), mode };
  expect(verdictSentence(englishReader, smooth)).toBe(
    "Smooth: 100% of frames left the host in time.",
  );
  expect(verdictSentence(germanReader, smooth)).toBe(
    "Flüssig: 100 % der Bilder verließen den Host rechtzeitig.",
  );
  const late = { verdict: judged((row) => (row % 20 === 10 ? { encode_us: 40_000 } : {})), mode };
  expect(verdictSentence(englishReader, late)).toStartWith(
    "Stutter: at least 4.9% of frames left the host late",
  );
  expect(verdictSentence(germanReader, late)).toStartWith("Ruckelt: mindestens 4,9 % der Bilder");
  const reported = judged((row) => ({ complete_us: row % 20 === 10 ? 60_000 : 9000 }));
  expect(reported.lower_bounds).toBeUndefined();
});

test("the worst moment is said and linked where all is smooth too", () => {
  const card = {
    verdict: judge((row) => (row === 900 ? { encode_us: 17_000 } : {})),
    ...{ mode, moments: "/timeline", charts: "/recordings/a" },
  };
  expect(card.verdict).toMatchObject({ quality: "smooth", worst: { at_ms: 15_000 } });
  const inEnglish = verdictPart(englishReader, card).text;
  expect(inEnglish).toMatch(
    /href="\/recordings\/a\?from=10000&amp;to=20000[^>]*>worst moment at 0:15, 1\d(\.\d)? ms/,
  );
  expect(verdictPart(germanReader, card).text).toContain("schlimmster Moment bei 0:15");
  const frozen = judge((row) => (row > 600 && row < 660 ? { fate: 1 } : {}));
  expect(frozen.worst?.late_ms).toBeCloseTo(frozen.freezes.ms, 0);
});

test("a pause of our own leads to the bundle that a report needs, or says how to get one", () => {
  const verdict = judge((row) => (row % 20 === 10 ? { encode_us: 40_000 } : {}));
  const step = { code: "report_bug" as const, values: {} };
  const causes = verdict.causes.map((cause) => ({ ...cause, code: "own_pause" as const, step }));
  const card = { verdict: { ...verdict, causes }, mode, moments: "/m", charts: "/recordings/a" };
  const kept = verdictPart(englishReader, { ...card, bundle: "/recordings/a/share" }).text;
  expect(kept).toContain('<a href="/recordings/a/share">Go to the bundle</a>');
  expect(verdictPart(germanReader, card).text).toContain("auf ihrer Seite gibt es das Paket");
});

test("an encoder that is too slow at its fastest is advised a smaller picture or other hardware", () => {
  const slow = (preset?: string) =>
    verdictOf({
      stream: { session_id: 1, ...mode, codec: "h264", preset },
      rows: madeRows(1800, (row) => (row % 20 === 10 ? { encode_us: 60_000 } : {})),
      windows: [],
    });
  const card = (preset?: string) => ({ verdict: slow(preset), mode, moments: "/m" });
  expect(verdictPart(englishReader, card()).text).toContain(
    "or smaller, or use a hardware encoder: onglass encoders",
  );
  expect(verdictPart(germanReader, card("superfast")).text).toContain(
    "Preset ultrafast verwenden oder einen Hardware-Encoder nutzen",
  );
  expect(verdictPart(englishReader, card("slow")).text).not.toContain("hardware encoder");
});

test("a question stands in a sentence of its own where no cause is known", () => {
  const verdict = judge((row) => (row > 100 ? { fate: 1 } : {}));
  expect(verdictSentence(englishReader, { verdict, mode })).toMatch(/ s\. Cannot tell between /);
  expect(verdictSentence(germanReader, { verdict, mode })).toMatch(/ s\. Nicht zu unterscheiden: /);
});

test("rows that do not grow by time have no cadence", () => {
  const [backwards, equal] = [
    (row: number) => ({ due_us: (1800 - row) * 16_667 }),
    () => ({ due_us: 5 }),
  ];
  expect(judge(backwards).cadence).toBeUndefined();
  expect(judge(equal).cadence).toBeUndefined();
  expect(judge(() => ({ frame: 7 })).cadence?.pattern).toBeUndefined();
});
