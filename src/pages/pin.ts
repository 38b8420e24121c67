/** Moonlight players that wait for a PIN, and typing it. */
import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { type PinNotice, pinNotice, waitingSection } from "../../views/waiting.ts";
import { Failure } from "../base/failure.ts";
import { PinEntry } from "../model/player.ts";
import { pairingPin, pairingRefuse } from "../operations/players.ts";
import { actIfThere } from "./acting.ts";
import { goTo, isPartRequest, partResponse, readForm } from "./html-response.ts";
import type { ConsoleParts } from "./parts.ts";
import { hidden } from "./route.ts";
import type { SessionTools } from "./sessions-page.ts";

export function pinRoutes(parts: ConsoleParts, tools: SessionTools) {
  const { readers } = tools;
  const answer = (request: Request, pin: PinNotice) => {
    if (isPartRequest(request)) {
      const trigger = { "hx-trigger": "waiting-changed, players-changed" };
      return partResponse(pinNotice(readers.of(request), pin), trigger);
    }
    return goTo(`/sessions${tools.notices.keep({ pin })}#waiting`);
  };
  return new Elysia({ name: "pages/pin" })
    .get(
      "/parts/waiting",
      async ({ request }) =>
        partResponse(waitingSection(readers.of(request), await parts.players.waitingPlayers())),
      hidden,
    )
    .post(
      "/pairing/pin",
      async ({ request }) => answer(request, await submit(parts, request)),
      hidden,
    )
    .post(
      "/pairing/refuse",
      async ({ request }) => answer(request, await refuse(parts, request)),
      hidden,
    );
}

async function refuse(parts: ConsoleParts, request: Request): Promise<PinNotice> {
  const id = attemptOf(await readForm(request));
  if (id === undefined) return "gone";
  const input = { params: { id: `${id}` } };
  return (await actIfThere(parts, request, [pairingRefuse, input])) ? "refused" : "gone";
}

function attemptOf(form: URLSearchParams): number | undefined {
  const text = form.get("id") ?? "";
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}

async function submit(parts: ConsoleParts, request: Request): Promise<PinNotice> {
  const form = await readForm(request);
  const pin = (form.get("pin") ?? "").trim();
  const id = attemptOf(form);
  if (!Value.Check(PinEntry.properties.pin, pin)) return "invalid";
  try {
    if (id === undefined) return "gone";
    const input = { body: { pin, id } };
    return (await actIfThere(parts, request, [pairingPin, input])) ? "taken" : "gone";
  } catch (error) {
    if (error instanceof Failure && error.code === "gamestream_off") return "off";
    if (error instanceof Failure && error.code === "invalid_pin") return "invalid";
    throw error;
  }
}
