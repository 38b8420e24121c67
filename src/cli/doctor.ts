/**
 * `onglass doctor`: looks at everything that a stream needs on this machine, judges it, and names the
 * next step. Changes no setting, but makes the data directory where it is missing; takes about six seconds, most of it for the encoders.
 */
import { randomUUID } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { Type } from "@sinclair/typebox";
import { openMonitor } from "../audio/monitor.ts";
import { systemClock } from "../base/clock.ts";
import { readCommandLine, refuseWords } from "../base/command-line.ts";
import { messageOf } from "../base/error-text.ts";
import { sleepMs } from "../base/timer.ts";
import { defaultDataDirectory, readSetting } from "../config.ts";
import { RealtimeKit } from "../dbus/realtime-kit.ts";
import { listSources } from "../desktop/find.ts";
import { deviceProblem } from "../input/player-devices.ts";
import { openX11Injector } from "../input/x11-injector.ts";
import { limitForService, priorityToGet } from "../machine/priority.ts";
import { DoctorFinding, findingOf } from "../model/doctor.ts";
import { settings } from "../settings-table.ts";
import { prepareAddon } from "../video/addon.ts";
import type { EncoderMeasure } from "../video/measure-encoders.ts";
import { type HostAddresses, networkFindings } from "./doctor-network.ts";
import { doctorFlags } from "./flags.ts";
import { askFor } from "./host-call.ts";
import { type HostTarget, namedTarget } from "./host-target.ts";
import { exitFailed, exitOk, printTable, type Terminal } from "./output.ts";

const soundWaitMs = 800;
const firstPictureMsMax = 1000;
const diskBytes = 16 * 1024 * 1024;
/** Rows, samples and journals of a busy host are below one; captures and shares come in a burst. */
const diskMbMin = 20;

/** `onglass doctor`. Exit code 1 when something keeps a stream from working. */
export async function runDoctor(args: readonly string[], terminal: Terminal): Promise<number> {
  const { values, words } = readCommandLine(args, doctorFlags);
  refuseWords(words);
  const host = await namedTarget(values, terminal.env);
  if (host !== undefined) return await askDoctor(host, values.json, terminal);
  const choice = readSetting(settings.encoder, values, terminal.env);
  const directory = values["data-dir"] ?? defaultDataDirectory(terminal.env);
  const addresses: HostAddresses = {
    console: readSetting(settings.listen, values, terminal.env),
    native: readSetting(settings.nativeListen, values, terminal.env),
    gamestreamPort: readSetting(settings.gamestreamPort, values, terminal.env),
    dataDirectory: directory,
  };
  if (!values.json) terminal.say("Checking this machine; this takes about six seconds");
  await prepareAddon();
  const { measureEncoders } = await import("../video/measure-encoders.ts");
  const { quiet } = await import("../video/ffmpeg.ts");
  quiet();
  const measures = await measureEncoders(choice);
  const findings = [
    ...measures.map(encoderFinding),
    ...sourceFindings(),
    await soundFinding(),
    await inputFinding(),
    deviceFinding(),
    priorityFinding(),
    ...(await networkFindings(addresses)),
    ...startFindings(measures),
    await diskFinding(directory),
  ];
  print(findings, { isJson: values.json, terminal });
  return findings.some(({ word }) => word === "poor") ? exitFailed : exitOk;
}

/** The host's own doctor: it looks at its machine, not at this one. */
async function askDoctor(host: HostTarget, isJson: boolean, terminal: Terminal): Promise<number> {
  if (!isJson) terminal.say("The host is checking its machine; this takes a few seconds");
  const call = { method: "GET", path: "/doctor", answerMsMax: 60_000 } as const;
  const shape = Type.Array(DoctorFinding);
  const findings = await askFor(host, { ...call, shape, what: "check the machine" });
  print(findings, { isJson, terminal });
  return findings.some(({ word }) => word === "poor") ? exitFailed : exitOk;
}

function print(
  findings: readonly DoctorFinding[],
  { isJson, terminal }: { readonly isJson: boolean; readonly terminal: Terminal },
): void {
  if (isJson) {
    terminal.print(JSON.stringify(findings));
    return;
  }
  const rows = findings.map(({ area, word, text }) => [area.toUpperCase(), word, text]);
  printTable(terminal, rows);
}

function encoderFinding(measure: EncoderMeasure): DoctorFinding {
  const { codec } = measure;
  if ("problem" in measure) {
    const values = { codec, detail: measure.problem };
    return findingOf("encoder", codec === "h264" ? "poor" : "fair", {
      ...{ code: "encoder_missing", values },
    });
  }
  const { encoder, frameUs } = measure;
  const fps_720 = Math.floor(1e6 / frameUs);
  if (fps_720 < 60) {
    const isUseless = codec === "h264" && fps_720 < 30;
    return findingOf("encoder", isUseless ? "poor" : "fair", {
      ...{ code: "encoder_slow", values: { codec, encoder, fps_720 } },
    });
  }
  const values = { codec, encoder, fps_720, fps_1080: Math.floor(fps_720 / 2.25) };
  return findingOf("encoder", "good", { code: "encoder_holds", values });
}

function sourceFindings(): DoctorFinding[] {
  const sources = listSources().filter(({ source }) => source !== "testsrc");
  const findings = sources.map(({ source, problem }) =>
    problem === undefined
      ? findingOf("source", "good", { code: "source_ready", values: { source } })
      : findingOf("source", "fair", {
          ...{ code: "source_problem", values: { source, detail: problem } },
        }),
  );
  if (findings.some(({ word }) => word === "good")) return findings;
  return [...findings, findingOf("source", "fair", { code: "source_test_only", values: {} })];
}

async function soundFinding(): Promise<DoctorFinding> {
  let problem: string | undefined = "the sound server does not answer";
  const monitor = openMonitor({
    channelCount: 2,
    onState: ({ reason }) => {
      problem = reason;
    },
  });
  await sleepMs(soundWaitMs);
  monitor.close();
  if (problem === undefined) return findingOf("sound", "good", { code: "sound_ready", values: {} });
  return findingOf("sound", "fair", { code: "sound_silent", values: { detail: problem } });
}

async function inputFinding(): Promise<DoctorFinding> {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (DISPLAY) {
    try {
      const injector = await openX11Injector(DISPLAY);
      await injector.close();
      return findingOf("input", "good", { code: "input_ready", values: { by: `X11 ${DISPLAY}` } });
    } catch {}
  }
  if (WAYLAND_DISPLAY) return findingOf("input", "good", { code: "input_by_desktop", values: {} });
  return findingOf("input", "fair", { code: "input_none", values: {} });
}

/** Pads, pen and touch. */
function deviceFinding(): DoctorFinding {
  const problem = deviceProblem();
  return problem === undefined
    ? findingOf("input", "good", { code: "devices_ready", values: {} })
    : findingOf("input", "fair", problem);
}

function priorityFinding(): DoctorFinding {
  const got = priorityToGet(new RealtimeKit({ limit: limitForService }));
  if (got === "realtime")
    return findingOf("priority", "good", { code: "priority_realtime", values: {} });
  const values = { command: priorityCommand(process.env) };
  return findingOf("priority", "fair", { code: `priority_${got}`, values });
}

/** Grants real-time priority from the next sign-in on. What a user's service manager starts gets what that may grant. */
export function priorityCommand({ MANAGERPID }: NodeJS.ProcessEnv): string {
  const place = "/etc/systemd/system/user@.service.d";
  return MANAGERPID === undefined
    ? 'echo "$USER - rtprio 10" | sudo tee /etc/security/limits.d/onglass.conf'
    : `sudo mkdir -p ${place} && printf '[Service]\nLimitRTPRIO=10\n' | sudo tee ${place}/onglass.conf`;
}

function startFindings(measures: readonly EncoderMeasure[]): DoctorFinding[] {
  const [first] = measures;
  if (first === undefined || "problem" in first) return [];
  const values = { ms: first.firstMs };
  return [
    first.firstMs <= firstPictureMsMax
      ? findingOf("start", "good", { code: "first_picture", values })
      : findingOf("start", "fair", { code: "first_picture_slow", values }),
  ];
}

/** Writes and syncs, as captures are saved. */
async function diskFinding(directory: string): Promise<DoctorFinding> {
  const clock = systemClock();
  const path = join(directory, `.doctor-${randomUUID()}`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const startUs = clock.nowUs();
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(new Uint8Array(diskBytes));
    await file.sync();
    const seconds = (clock.nowUs() - startUs) / 1e6;
    const mb = Math.round(diskBytes / 1e6 / seconds);
    return mb >= diskMbMin
      ? findingOf("disk", "good", { code: "disk_fast", values: { mb } })
      : findingOf("disk", "fair", { code: "disk_slow", values: { mb } });
  } catch (cause) {
    const detail = messageOf(cause);
    return findingOf("disk", "poor", { code: "disk_failed", values: { detail } });
  } finally {
    // Where nothing could be written, there may be no right to look either.
    await rm(path, { force: true }).catch(() => undefined);
  }
}
