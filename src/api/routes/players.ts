/** Players that may connect, and letting a new one in. */
import { Type } from "@sinclair/typebox";
import { Elysia } from "elysia";
import type { Failure } from "../../base/failure.ts";
import { Client, type PairingCode, type PinEntry, WaitingPlayer } from "../../model/player.ts";
import { done, listOf, shapeNames } from "../describe/shapes.ts";
import { jsonBody } from "../edge/input.ts";
import { notFound } from "../edge/problem.ts";
import type { Parts } from "../parts.ts";

export function clientRoutes(parts: Parts) {
  const tags = ["clients"];
  return new Elysia({ prefix: "/api/v1/clients" })
    .use(shapeNames)
    .get("", async () => [...(await parts.players.clients())], {
      response: { 200: listOf(Client, "Paired players") },
      detail: { tags, operationId: "clients_list", summary: "Paired players" },
    })
    .delete("/:id", ({ params }) => removeClient(parts, params.id), {
      response: { 204: Type.Void(), 404: "Problem" },
      detail: {
        tags,
        operationId: "client_delete",
        summary: "Unpair a player; it needs a new code to come back",
      },
    });
}

export function pairingRoutes(parts: Parts) {
  const tags = ["pairing"];
  return new Elysia({ prefix: "/api/v1/pairing" })
    .use(shapeNames)
    .post("", (): Promise<PairingCode> => parts.players.createPairingCode(), {
      response: { 200: "PairingCode" },
      detail: {
        tags,
        operationId: "pairing_start",
        summary: "Make a one-time code; an earlier one stops working",
      },
    })
    .get("", () => openCode(parts), {
      response: { 200: "PairingCode", 404: "Problem" },
      detail: { tags, operationId: "pairing_get", summary: "The code that works now" },
    })
    .get("/waiting", async () => [...(await parts.players.waitingPlayers())], {
      response: { 200: listOf(WaitingPlayer, "Players that wait for their PIN") },
      detail: {
        tags,
        operationId: "pairing_waiting",
        summary: "Moonlight players that show a PIN and wait for it",
      },
    })
    .post("/pin", ({ body }) => submitPin(parts, body), {
      ...jsonBody,
      body: "PinEntry",
      response: { 202: Type.Void(), 404: "Problem" },
      detail: {
        tags,
        operationId: "pairing_pin",
        summary: "Type the PIN that a Moonlight player shows; the player says whether it was right",
      },
    })
    .delete("/waiting/:id", ({ params }) => refuse(parts, params.id), {
      response: { 204: Type.Void(), 404: "Problem" },
      detail: {
        tags,
        operationId: "pairing_refuse",
        summary: "Send a waiting player away",
      },
    })
    .delete("", () => cancel(parts), {
      response: { 204: Type.Void() },
      detail: { tags, operationId: "pairing_cancel", summary: "End the code, if there is one" },
    });
}

async function removeClient(parts: Parts, id: string): Promise<Response> {
  const known = /^[0-9a-f]{64}$/.test(id) && (await parts.players.removeClient(id));
  if (!known) throw noClient(id);
  return done();
}

export function noClient(id: string): Failure {
  return notFound(`Cannot find client "${id.slice(0, 64)}": no such player is paired`);
}

function openCode(parts: Parts): PairingCode {
  const code = parts.players.pairingCode();
  if (code === undefined) throw notFound("Cannot show the pairing code: none is open");
  return code;
}

async function refuse(parts: Parts, id: string): Promise<Response> {
  const known = /^[1-9]\d{0,14}$/.test(id) && (await parts.players.refuseWaiting(Number(id)));
  if (!known) throw noWaiting(id);
  return done();
}

export function noWaiting(id: string): Failure {
  return notFound(`Cannot find waiting player "${id.slice(0, 64)}": it waits no more`);
}

async function submitPin(parts: Parts, entry: PinEntry): Promise<Response> {
  if (!(await parts.players.submitPin(entry))) {
    throw nobodyWaits();
  }
  return new Response(null, { status: 202 });
}

export function nobodyWaits(): Failure {
  return notFound("Cannot use the PIN: no such player waits for one; start pairing there first");
}

async function cancel(parts: Parts): Promise<Response> {
  await parts.players.cancelPairing();
  return done();
}
