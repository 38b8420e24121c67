/** The Sessions page as a whole: a change that was refused shows it again, with the reason in its place. */
import { html } from "../../views/html.ts";
import { pairingSection, playersSection } from "../../views/players.ts";
import { type SessionNotice, sessionNotice, sessionsSection } from "../../views/sessions.ts";
import { type SettingsCard, settingsSection } from "../../views/settings.ts";
import { type PinNotice, waitingSection } from "../../views/waiting.ts";
import type { PageMaker } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import type { Readers } from "./reader.ts";

export type SessionTools = { readonly page: PageMaker; readonly readers: Readers };

/** What the last change came to, by what was changed. */
export type Said = {
  readonly session?: SessionNotice;
  readonly pin?: PinNotice;
  readonly settings?: SettingsCard;
};

export async function showSessions(
  parts: ConsoleParts,
  { page, readers }: SessionTools,
  answer: { readonly request: Request; readonly said?: Said; readonly status?: number },
): Promise<Response> {
  const { request, said = {}, status } = answer;
  const reader = readers.of(request);
  const { title } = reader.messages.sessions;
  const main = html`<h1>${title}</h1>
${sessionNotice(reader, said.session)}
${sessionsSection(reader, sessionsNow(parts))}
${waitingSection(reader, await parts.players.waitingPlayers(), said.pin)}
${playersSection(reader, await parts.players.clients())}
${pairingSection(reader, pairingNow(parts))}
${settingsSection(reader, said.settings ?? { settings: parts.settings.current() })}`;
  return page(request, { title, main }, status);
}

export function sessionsNow({ sessions, clock }: ConsoleParts) {
  return { sessions: sessions.sessions(), nowMs: clock.wallMs() };
}

export function pairingNow({ players, clock }: ConsoleParts) {
  return { code: players.pairingCode(), nowMs: clock.wallMs() };
}
