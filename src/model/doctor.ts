/**
 * The findings of `onglass doctor` on a machine: one for each prerequisite of a stream, as a code
 * with values and a judgement. The console and the command write the sentences.
 */
import { type Static, Type } from "@sinclair/typebox";
import {
  type Coded,
  type CodedTexts,
  type CodedValues,
  type CodeTable,
  codedText,
} from "./coded.ts";
import { inputProblems, inputProblemsEnglish } from "./input-problem.ts";
import { valuesShape } from "./reason.ts";

/** `good` needs nothing, `fair` works and could be better, `poor` keeps something from working. */
export const doctorWords = ["good", "fair", "poor"] as const;
/** The judgement of one finding. */
export type DoctorWord = (typeof doctorWords)[number];

/** The examined parts, in the order in which they are shown. */
export const doctorAreas = [
  "encoder",
  "source",
  "sound",
  "input",
  "priority",
  "network",
  "start",
  "disk",
] as const;
/** What a finding is about. */
export type DoctorArea = (typeof doctorAreas)[number];

export const doctorFindings = {
  /** `fps` of 1280x720 and of 1920x1080, by the time that encoding alone takes. */
  encoder_holds: { codec: "text", encoder: "text", fps_720: "count", fps_1080: "count" },
  encoder_slow: { codec: "text", encoder: "text", fps_720: "count" },
  encoder_missing: { codec: "text", detail: "text" },
  source_ready: { source: "text" },
  source_problem: { source: "text", detail: "text" },
  source_test_only: {},
  sound_ready: {},
  sound_silent: { detail: "text" },
  input_ready: { by: "text" },
  input_by_desktop: {},
  input_none: {},
  devices_ready: {},
  ...inputProblems,
  priority_realtime: {},
  /** `command` grants the right. */
  priority_nice: { command: "text" },
  priority_none: { command: "text" },
  ports_free: { ports: "text" },
  /** `by` is TCP or UDP. */
  port_taken: { port: "count", by: "text" },
  /** Its ports are its own. */
  host_runs: { pid: "count" },
  addresses: { list: "text", port: "count" },
  native_loopback: { host: "text", port: "count" },
  addresses_none: {},
  first_picture: { ms: "count" },
  first_picture_slow: { ms: "count" },
  disk_fast: { mb: "count" },
  disk_slow: { mb: "count" },
  disk_failed: { detail: "text" },
} as const satisfies CodeTable;

/** A finding with its values. */
export type DoctorFact = Coded<typeof doctorFindings>;
/** The sentences of one language: what was found, and the next step if there is one. */
export type DoctorTexts = CodedTexts<typeof doctorFindings>;

export const DoctorFinding = Type.Object(
  {
    area: Type.Union(
      doctorAreas.map((area) => Type.Literal(area)),
      { description: "Subject of the finding" },
    ),
    word: Type.Union(
      doctorWords.map((word) => Type.Literal(word)),
      {
        description: "good, fair (works, but could be better) or poor",
      },
    ),
    code: Type.String({ maxLength: 64, description: "What was found" }),
    values: valuesShape("Values for the sentence"),
    text: Type.String({ maxLength: 2048, description: "In English, with the next step" }),
  },
  {
    $id: "DoctorFinding",
    description: "One requirement of a stream, and how this machine meets it",
  },
);
/** One line of the doctor's report. */
export type DoctorFinding = Omit<Static<typeof DoctorFinding>, "values"> & { values: CodedValues };

export const doctorEnglish: DoctorTexts = {
  encoder_holds: ({ codec, encoder, fps_720, fps_1080 }) =>
    `${codec} with ${encoder}: ${fps_720} fps at 1280x720, ${fps_1080} fps at 1920x1080`,
  encoder_slow: ({ codec, encoder, fps_720 }) =>
    `${codec} with ${encoder}: ${fps_720} fps at 1280x720. ${fps_720 < 30 ? "Choose" : "Choose 30 fps or"} a smaller picture, and check again when nothing else is running`,
  encoder_missing: ({ codec, detail }) => `${codec}: no encoder can be opened (${detail})`,
  source_ready: ({ source }) => `${source} can be streamed`,
  source_problem: ({ source, detail }) => `${source} cannot be streamed: ${detail}`,
  source_test_only: () =>
    "No desktop can be reached from here, only the test picture. Start onglass inside the desktop session, or with DISPLAY set",
  sound_ready: () => "The desktop's sound can be captured",
  sound_silent: ({ detail }) => `No desktop sound: ${detail}`,
  input_ready: ({ by }) => `Players' keyboard and mouse input arrives through ${by}`,
  input_by_desktop: () =>
    "Keyboard and mouse input goes through the desktop; GNOME and sway do not ask for permission, the portal does",
  input_none: () => "Players' keyboard and mouse input has no target: there is no desktop",
  devices_ready: () => "Players' gamepads, pen and touch arrive as devices (/dev/uinput)",
  ...inputProblemsEnglish,
  priority_realtime: () => "The encode and send threads have real-time priority",
  priority_nice: ({ command }) =>
    `Only a better nice value. To avoid skipped frames on a busy machine: ${command}, then sign in again`,
  priority_none: ({ command }) =>
    `No priority over other programs: frames are skipped when those need the cores. ${command}, then sign in again`,
  ports_free: ({ ports }) => `Ports ${ports} are free`,
  port_taken: ({ port, by }) =>
    `${by} port ${port} is taken by another program. Stop that program, or choose another port (onglass serve --help)`,
  host_runs: ({ pid }) =>
    `onglass is already running here (process ${pid}); its log lists any ports it could not open`,
  addresses: ({ list, port }) =>
    `Players can reach this machine at ${list}, port ${port}, TCP and UDP; a firewall in between must let both through`,
  native_loopback: ({ host, port }) =>
    `Players on other machines cannot reach ${host}. Use another address: --native-listen 0.0.0.0:${port}`,
  addresses_none: () => "This machine has no address that a player could reach",
  first_picture: ({ ms }) => `First picture ${ms} ms after the request`,
  first_picture_slow: ({ ms }) =>
    `First picture only ${ms} ms after the request: the machine is busy or slow`,
  disk_fast: ({ mb }) => `The data directory can be written at ${mb} MB/s`,
  disk_slow: ({ mb }) =>
    `The data directory can be written at only ${mb} MB/s. Move it to another disk (--data-dir)`,
  disk_failed: ({ detail }) => `The data directory cannot be written: ${detail}`,
};

/** A finding with its English text. */
export function findingOf(area: DoctorArea, word: DoctorWord, fact: DoctorFact): DoctorFinding {
  const { code } = fact;
  const values: CodedValues = fact.values;
  return { area, word, code, values, text: doctorText(doctorEnglish, { code, values }) ?? code };
}

/** In a language; `undefined` for a code of a later version. */
export function doctorText(
  texts: DoctorTexts,
  { code, values }: { readonly code: string; readonly values: CodedValues },
): string | undefined {
  return codedText({ table: doctorFindings, texts, number: String }, code, values);
}
