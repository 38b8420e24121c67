/**
 * An event as a short sentence in the reader's language. An event without a known sentence, such as
 * an action of a later version, is shown by its recorded fields. The result is text, never markup:
 * players and files put words into it.
 */
import { cutText } from "../src/base/cut-text.ts";
import { isWarningCode } from "../src/base/warnings.ts";
import { checkpointTexts } from "../src/i18n/checkpoints.ts";
import { reasonTexts } from "../src/i18n/reasons.ts";
import { warningTexts } from "../src/i18n/warnings.ts";
import { checkpointLabelText, type LabelFields } from "../src/model/checkpoint-label.ts";
import type { Asker } from "../src/model/happening.ts";
import { type RecordedReason, recordedReasonText } from "../src/model/reason.ts";
import type { SettingsField } from "../src/model/settings.ts";
import type {
  ApiCallEvent,
  ClientEvent,
  HostAction,
  LogEvent,
  SessionEvent,
  StateChangeEvent,
  StreamEvent,
  UiActionEvent,
} from "../src/model/timeline.ts";
import { isCauseCode, type VerdictQuality, verdictQualities } from "../src/model/verdict.ts";
import { clientText } from "./client.ts";
import { knownFailure } from "./failure.ts";
import { type Format, nameOf, type Reader } from "./format.ts";

/** `undefined` if the event lacks the subject of the sentence. */
type TextOf<Event> = (event: Event, reader: Reader) => string | undefined;
/** A key for each action: one without a sentence does not compile. */
type EventTexts<Event extends { readonly action: string }> = {
  readonly [Action in Event["action"]]: TextOf<Event>;
};

/** One event as a short sentence in the reader’s language. */
export function eventText(reader: Reader, event: HostAction): string {
  return sentenceOf(reader, event) ?? rawText(event);
}

function sentenceOf(reader: Reader, event: HostAction): string | undefined {
  switch (event.type) {
    case "api_call":
      return callText(reader, event);
    case "state_change":
      return changeText(reader, event);
    case "session":
      return eventSentence(sessionTexts, event, reader);
    case "stream":
      return eventSentence(streamTexts, event, reader);
    case "ui_action":
      return controlText(reader, event);
    case "client":
      return eventSentence(clientTexts, event, reader);
    case "log":
      return logText(reader, event);
    default:
      return undefined;
  }
}

type Played = RecordedReason & { readonly session_id?: number; readonly action: string };

/** The sentence with the common ending of all of them. */
function eventSentence<Event extends Played>(
  texts: Readonly<Record<string, TextOf<Event>>>,
  event: Event,
  reader: Reader,
): string | undefined {
  const text = own(texts, event.action);
  const sentence = text?.(event, reader);
  if (sentence === undefined) return undefined;
  const { events: words } = reader.messages;
  const { session_id } = event;
  const reason = reasonTextFor(reader, event);
  const because = reason === "" ? "" : `: ${reason}`;
  const of = session_id === undefined ? "" : ` · ${words.session(`${session_id}`)}`;
  return `${sentence}${because}${of}`;
}

/** Empty without one; for a recording from before codes existed, as it was written. */
export function reasonTextFor({ language, format }: Reader, recorded: RecordedReason): string {
  const texts = reasonTexts[language];
  return recordedReasonText(recorded, { texts, number: (value) => format.rounded(value, 3) });
}

/** Names may come from files: `constructor` is not ours. */
function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** Labels of the host in the reader’s language; other labels as given. */
export function labelOf({ language }: Reader, checkpoint: LabelFields & { id: string }): string {
  return checkpointLabelText(checkpoint, checkpointTexts[language]) ?? checkpoint.id;
}

/** A recording from before codes existed, or of a later version, shows the line as written. */
function logText(reader: Reader, event: LogEvent): string {
  const { code = "", level, message } = event;
  if (!isWarningCode(code)) return `${level}: ${message}`;
  const marked = own<string>(reader.messages.events.levels, level) ?? level;
  const detail = logDetail(reader, event);
  const text = warningTexts[reader.language][code];
  return `${marked}: ${text}${detail === "" ? "" : `: ${detail}`}`;
}

/** By its code if there is one, otherwise in the system’s own words. */
function logDetail(reader: Reader, event: LogEvent): string {
  const { detail = "", failure_code, failure_values = {} } = event;
  if (event.reason_code !== undefined) return reasonTextFor(reader, { reason: detail, ...event });
  const failure = { code: failure_code ?? "", values: failure_values };
  return knownFailure(reader, failure)?.replace(/\.$/, "") ?? detail;
}

const modeOf = ({ mode, codec }: SessionEvent) => `${mode} ${nameOf(codec)}`;

const sessionTexts: EventTexts<SessionEvent> = {
  connected: (event, reader) =>
    reader.messages.events.sessions.connected(clientText(reader, event), modeOf(event)),
  disconnected: (event, reader) =>
    reader.messages.events.sessions.disconnected(clientText(reader, event)),
  resumed: (event, reader) =>
    reader.messages.events.sessions.resumed(clientText(reader, event), modeOf(event)),
};

const streamTexts: EventTexts<StreamEvent> = {
  idr_requested: ({ by }, { messages: { events } }) => {
    const { idr_requested, idr_requested_by } = events.stream;
    return by === undefined ? idr_requested : idr_requested_by(askerText(events, by));
  },
  idr_sent: (_, { messages: { events } }) => events.stream.idr_sent,
  bitrate_changed: ({ from_kbps, to_kbps, by }, { messages: { events }, format }) => {
    if (from_kbps === undefined || to_kbps === undefined) return undefined;
    const rates = events.stream.bitrate_changed(
      megabits(format, from_kbps),
      megabits(format, to_kbps),
    );
    return by === undefined ? rates : `${rates}, ${events.asked(askerText(events, by))}`;
  },
  encoder_reset: (_, { messages: { events } }) => events.stream.encoder_reset,
  picture_changed: (_, { messages: { events } }) => events.stream.picture_changed,
  source_starved: ({ ms }, { messages: { events }, format }) =>
    ms === undefined ? undefined : events.stream.source_starved(timeText(format, ms)),
  source_resumed: ({ ms }, { messages: { events }, format }) =>
    ms === undefined ? undefined : events.stream.source_resumed(timeText(format, ms)),
  player_unreachable: ({ ms }, { messages: { events }, format }) =>
    ms === undefined ? undefined : events.stream.player_unreachable(timeText(format, ms)),
  player_reachable: ({ ms }, { messages: { events }, format }) =>
    ms === undefined ? undefined : events.stream.player_reachable(timeText(format, ms)),
  source_resized: ({ width, height }, { messages: { events } }) =>
    width === undefined || height === undefined
      ? undefined
      : events.stream.source_resized(`${width}×${height}`),
  source_gone: (_, { messages: { events } }) => events.stream.source_gone,
  source_back: ({ ms }, { messages: { events }, format }) =>
    ms === undefined ? undefined : events.stream.source_back(timeText(format, ms)),
  host_stopped: ({ ms }, { messages: { events }, format }) =>
    ms === undefined ? undefined : events.stream.host_stopped(timeText(format, ms)),
  loss_burst: ({ packets, ms }, { messages, format }) => {
    const { stream } = messages.events;
    if (packets === undefined) return undefined;
    const within = ms === undefined ? "" : stream.lossWithin(timeText(format, ms));
    return formOf(stream.loss_burst, packets)(format.integer(packets), within);
  },
  slots_missed: ({ slots, ms, source }, { messages, format }) => {
    const { stream } = messages.events;
    if (slots === undefined) return undefined;
    const text = formOf(stream.slots_missed, slots)(format.integer(slots));
    if (ms === undefined) return text;
    const time = timeText(format, ms);
    const why = source === undefined ? stream.slotsIn(time) : stream.slotsWaiting(time, source);
    return `${text} ${why}`;
  },
  click_shown: ({ total_us, ...parts }, { messages: { events }, format }) => {
    const { click_shown, clickParts } = events.stream;
    const { to_host_us, to_capture_us, to_encoded_us, to_shown_us } = parts;
    if (total_us === undefined) return undefined;
    const text = (us: number | undefined, write: (time: string) => string) =>
      us === undefined ? [] : [write(format.micros(us))];
    const steps = [
      ...text(to_host_us, clickParts.host),
      ...text(to_capture_us, clickParts.capture),
      ...text(to_encoded_us, clickParts.encoded),
      ...text(to_shown_us, clickParts.shown),
    ];
    return click_shown(format.micros(total_us), steps.join(", "));
  },
  viewer_joined: (event, reader) =>
    viewersText(reader, reader.messages.events.stream.viewer_joined, event),
  viewer_left: (event, reader) =>
    viewersText(reader, reader.messages.events.stream.viewer_left, event),
  verdict_turned: ({ quality, cause }, { messages: { events, verdict } }) => {
    if (!isQuality(quality)) return undefined;
    const name = isCauseCode(cause) ? verdict.causes[cause].name : undefined;
    return events.stream.verdict_turned(verdict.quality[quality], name);
  },
};

const clientTexts: EventTexts<ClientEvent> = {
  stall: (event, reader) => clientEventText(reader, reader.messages.events.client.stall, event),
  decode_error: (event, reader) =>
    clientEventText(reader, reader.messages.events.client.decode_error, event),
  sound_out: (event, reader) =>
    clientEventText(reader, reader.messages.events.client.sound_out, event),
  tab_hidden: (event, reader) =>
    clientEventText(reader, reader.messages.events.client.tab_hidden, event),
  jumped_to_live: ({ ms, ...event }, reader) => {
    const { client } = reader.messages.events;
    const text = clientEventText(reader, client.jumped_to_live, event);
    return ms === undefined ? text : `${text}${client.behind(timeText(reader.format, ms))}`;
  },
};

function isQuality(text: string | undefined): text is VerdictQuality {
  return verdictQualities.some((quality) => quality === text);
}

function viewersText({ messages, format }: Reader, text: string, { viewers }: StreamEvent): string {
  if (viewers === undefined) return text;
  return `${text}, ${messages.events.stream.viewers(format.integer(viewers))}`;
}

function clientEventText({ messages, format }: Reader, text: string, event: ClientEvent): string {
  const { client, ms } = event;
  const whose = client === undefined ? text : `${text} (${client})`;
  if (ms === undefined) return whose;
  return `${whose}${messages.events.client.lasted(timeText(format, ms))}`;
}

type Words = Reader["messages"]["events"];

function askerText({ by: askers, byOther }: Words, by: string): string {
  const known: Readonly<Record<Asker, string>> = askers;
  return own(known, by) ?? byOther(by);
}

/** Both languages have one form for 1 and one for all others. */
function formOf<T>(forms: Readonly<Record<"one" | "other", T>>, count: number): T {
  return count === 1 ? forms.one : forms.other;
}

/** Of thousandths, none is omitted: 10.0, 0.25. */
function megabits({ tag }: Format, kbps: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 3 };
  return (kbps / 1000).toLocaleString(tag, digits);
}

/** 3 ms, 0.12 s, 1.1 s */
function timeText(format: Format, ms: number): string {
  if (ms < 100) return `${format.integer(ms)} ms`;
  return `${format.rounded(ms / 1000, ms < 1000 ? 2 : 1)} s`;
}

function callText({ messages, format }: Reader, event: ApiCallEvent): string {
  const { actors, replayed } = messages.events;
  const { method, path = event.route, status, duration_us } = event;
  const asked = [method, path, valueText(event.body)].filter((text) => text !== "").join(" ");
  const mark = event.replayed === true ? ` · ${replayed}` : "";
  const actor = own<string>(actors, event.actor) ?? event.actor;
  return `${asked} → ${status}, ${format.micros(duration_us)} · ${actor}${mark}`;
}

function changeText(reader: Reader, event: StateChangeEvent): string {
  const { events: words } = reader.messages;
  const actor = own<string>(words.actors, event.caused_by) ?? event.caused_by;
  const session = /^sessions\.(\d{1,15})\.bitrate_kbps$/.exec(event.key)?.[1];
  const of = session === undefined ? "" : ` · ${words.session(session)}`;
  const name = session === undefined ? event.key : "settings.bitrate_kbps";
  const setting = /^settings\.(\w+)$/.exec(name)?.[1] ?? "";
  const show = own<Show>(shows, setting) ?? stateText;
  const title = own<string>(words.settings, setting);
  const known = title === undefined ? event.key : words.setting(title);
  const what = session === undefined ? known : words.ofSession;
  return `${what}: ${show(event.old, reader)} → ${show(event.new, reader)} · ${actor}${of}`;
}

/** A setting's name and value in words; `undefined` for an unknown setting. */
export function settingLine(
  reader: Reader,
  name: string,
  value: unknown,
): readonly [string, string] | undefined {
  const title = own<string>(reader.messages.events.settings, name);
  const show = own<Show>(shows, name);
  return title === undefined || show === undefined ? undefined : [title, show(value, reader)];
}

type Show = (value: unknown, reader: Reader) => string;

/** A number as formatted by `write`, and anything else as it is. */
function numeric(write: (value: number, reader: Reader) => string): Show {
  return (value, reader) =>
    typeof value === "number" && Number.isFinite(value) ? write(value, reader) : stateText(value);
}

const whole = numeric((value, { format }) => format.integer(value));
/** 0 means off for the rules of automatic captures. */
const orOff = (unit: (value: string, messages: Reader["messages"]) => string) =>
  numeric((value, { messages, format }) =>
    value === 0 ? messages.settings.off : unit(format.integer(value), messages),
  );
const perSecond = orOff((count, { events }) => events.perSecond(count));
const percents = numeric((value, { format }) => format.percent(value / 100));

const onOrOff: Show = (value, { messages: { settings } }) =>
  typeof value === "boolean" ? settings[value ? "on" : "off"] : stateText(value);

const shows: Readonly<Record<SettingsField, Show>> = {
  bitrate_kbps: numeric((value, { messages, format }) =>
    value === 0 ? messages.events.unset.bitrate : `${megabits(format, value)} Mbit/s`,
  ),
  bitrate_follows_link: onOrOff,
  fps_cap: numeric((value, { messages: { events }, format }) =>
    value === 0 ? events.unset.fps : events.fps(format.integer(value)),
  ),
  encoder_preset: (value, { messages }) =>
    value === "" || value === null ? messages.events.unset.preset : stateText(value),
  parity_percent_min: percents,
  parity_percent_max: percents,
  pacing_share: numeric((value, { format }) => format.percent(value)),
  gamestream_takeover: onOrOff,
  history_days: whole,
  history_mb: whole,
  keep_on_late: orOff((count, { events }) => events.frameTimes(count)),
  keep_on_missed: perSecond,
  keep_on_lost: perSecond,
  keep_on_stall_ms: orOff((time) => `${time} ms`),
  keep_on_verdict: onOrOff,
  keep_count: whole,
  otlp_url: (value, { messages }) =>
    value === "" ? messages.events.unset.collector : stateText(value),
};

function controlText({ messages }: Reader, event: UiActionEvent): string | undefined {
  const pages: Readonly<Record<string, Readonly<Record<string, string>>>> = messages.events.console;
  const text = own(own(pages, event.page) ?? {}, event.control);
  if (text === undefined || event.value === "") return text;
  const { value } = event;
  return `${text} · ${event.page === "sessions" ? messages.events.session(value) : value}`;
}

/** By the names of the API, which are the same in all languages. */
function rawText(event: HostAction): string {
  if (event.type === "ui_action") return `${event.page}: ${event.control} ${event.value}`;
  const { type: _, ...facts } = event;
  const { action, ...others } = { action: undefined, ...facts };
  const pairs = Object.entries(others).map(([name, value]) => `${name} ${valueText(value)}`);
  return [...(action === undefined ? [] : [action]), ...pairs].join(", ");
}

/** An empty value is shown as such, a missing one as a dash. */
export function stateText(value: unknown): string {
  if (value === undefined) return "–";
  return value === "" ? '""' : valueText(value);
}

const valueLengthMax = 200;

function valueText(value: unknown): string {
  if (value === undefined) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > valueLengthMax ? `${cutText(text, valueLengthMax)}…` : text;
}
