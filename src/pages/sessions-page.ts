/** The Sessions page as a whole, with the result of the last change in its place. */

import { type AccessNotice, accessSection } from "../../views/access.ts";
import { doctorSection } from "../../views/doctor.ts";
import { html } from "../../views/html.ts";
import { linkCheck } from "../../views/link-check.ts";
import { type PlayerNotice, pairingSection, playersSection } from "../../views/players.ts";
import { type SessionNotice, sessionNotice, sessionsSection } from "../../views/sessions.ts";
import { type SettingsCard, settingsSection } from "../../views/settings.ts";
import { type PinNotice, waitingSection } from "../../views/waiting.ts";
import { isLoopbackHost } from "../base/host-names.ts";
import type { PageMaker } from "./html-response.ts";
import type { Notices } from "./notices.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";

export type SessionTools = {
  readonly page: PageMaker;
  readonly readers: Readers;
  /** Shared by all handlers that change something from this page. */
  readonly notices: Notices<SessionsNotices>;
  /** The result of a change that this very answer is about: it is shown once and not stored. */
  readonly now?: SessionsNotices;
};

/** The result of the last change, by what was changed. */
export type SessionsNotices = {
  readonly session?: SessionNotice;
  readonly pin?: PinNotice;
  readonly player?: PlayerNotice;
  readonly settings?: SettingsCard;
  readonly access?: AccessNotice;
};

export async function showSessions(
  parts: ConsoleParts,
  { page, readers, notices, now }: SessionTools,
  request: Request,
): Promise<Response> {
  const shown = { ...notices.find(request), ...now };
  const reader = readers.of(request);
  const { title } = reader.messages.sessions;
  const isAsked = new URL(request.url).searchParams.get("doctor") === "now";
  const main = html`<h1>${title}</h1>
${sessionNotice(reader, shown.session)}
${sessionsSection(reader, sessionsNow(parts))}
${waitingSection(reader, await parts.players.waitingPlayers(), shown.pin)}
${playersSection(reader, await parts.players.clients(), shown.player)}
${pairingSection(reader, await pairingNow(parts))}
${accessSection(reader, { ...accessNow(parts), notice: shown.access })}
${settingsSection(reader, { ...shown.settings, settings: parts.settings.current() })}
${doctorSection(reader, isAsked ? await parts.host.doctor() : undefined)}
${linkCheck(reader)}`;
  return page(request, { title, main });
}

export function sessionsNow({ sessions, verdicts, clock, host }: ConsoleParts) {
  return {
    sessions: sessions.sessions(),
    verdicts: verdicts.live(),
    nowMs: clock.wallMs(),
    source: host.sourceState(),
  };
}

export function accessNow({ access, clock }: ConsoleParts) {
  return { tokens: access.list(), nowMs: clock.wallMs() };
}

export async function pairingNow({ players, clock, reach }: ConsoleParts) {
  const { host, port } = (await reach()).native;
  const localPort = isLoopbackHost(host) ? port : undefined;
  return { code: players.pairingCode(), nowMs: clock.wallMs(), localPort };
}
