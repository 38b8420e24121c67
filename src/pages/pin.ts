/** Moonlight players that wait for a PIN, and entering it. */

import { Value } from "@sinclair/typebox/value";
import { Elysia } from "elysia";
import { type PinNotice, pinNotice, waitingSection } from "../../views/waiting.ts";
import { cutText } from "../base/cut-text.ts";
import { Failure } from "../base/failure.ts";
import { PinEntry } from "../model/player.ts";
import { pairingPin, pairingRefuse } from "../operations/players.ts";
import { act, actIfThere } from "./acting.ts";
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
  if (id === undefined) return "gone";
  const name = cutText((form.get("name") ?? "").trim(), nameLengthMax);
  const body = { pin, id, ...(name === "" ? {} : { name }) };
  try {
    const { outcome } = await act(parts, request, [pairingPin, { body }]);
    return outcome === "unfinished" ? "taken" : outcome;
  } catch (error) {
    const notice = error instanceof Failure ? noticeOf.get(error.code) : undefined;
    if (notice === undefined) throw error;
    return notice;
  }
}

const nameLengthMax = 64;

/** Errors that are shown next to the form. */
const noticeOf: ReadonlyMap<string, PinNotice> = new Map([
  ["not_found", "gone"],
  ["gamestream_off", "off"],
  ["invalid_pin", "invalid"],
]);
