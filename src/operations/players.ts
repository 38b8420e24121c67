/** Players that may connect, and letting a new one in. */
import { Failure } from "../base/failure.ts";
import {
  Client,
  ClientChange,
  cleanPlayerName,
  PairingCode,
  PinEntry,
  PinResult,
  WaitingPlayer,
} from "../model/player.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation, readId } from "./operation.ts";
import { listOf } from "./schema.ts";

const clients = "/api/v1/clients";
const pairing = "/api/v1/pairing";
const tag = "pairing";

export const clientsList = operation({
  id: "clients_list",
  method: "GET",
  route: clients,
  tag: "clients",
  summary: "List paired players",
  description: "All players that may connect, of every path, oldest first.",
  answers: { 200: listOf(Client, "Paired players") },
  act: ({ players }) => players.clients(),
});

export const clientDelete = operation({
  id: "client_delete",
  method: "DELETE",
  route: `${clients}/:id`,
  tag: "clients",
  summary: "Unpair a player",
  description:
    "Ends the player’s sessions at once. The player must be paired again before it can return.",
  answers: { 204: nothing },
  problems: [404],
  act: async ({ players }, { params: { id } }) => {
    if (isClientId(id) && (await players.removeClient(id))) return;
    throw noClient(id);
  },
});

export const clientChange = operation({
  id: "client_change",
  method: "PATCH",
  route: `${clients}/:id`,
  tag: "clients",
  summary: "Rename a paired player",
  description:
    "The name applies from the player’s next session, until it is paired again. Running sessions keep theirs.",
  body: ClientChange,
  answers: { 200: Client },
  problems: [404, 422],
  act: async ({ players }, { params: { id }, body }) => {
    const name = cleanPlayerName(body.name);
    if (name === "") {
      throw new Failure("out_of_range", 'Cannot use "name": it takes 1 to 64 visible characters');
    }
    const client = isClientId(id) ? await players.renameClient(id, name) : undefined;
    if (client === undefined) throw noClient(id);
    return client;
  },
});

function isClientId(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

function noClient(id: string): Failure {
  return notFound(`Cannot find client "${id.slice(0, 64)}": no such player is paired`);
}

export const pairingStart = operation({
  id: "pairing_start",
  method: "POST",
  route: pairing,
  tag,
  summary: "Create a pairing code; an earlier one stops working",
  description:
    "The code works once, for ten minutes. It carries the fingerprint of the host, so the player knows which host it is pairing with.",
  answers: { 200: PairingCode },
  act: ({ players }) => players.createPairingCode(),
});

export const pairingGet = operation({
  id: "pairing_get",
  method: "GET",
  route: pairing,
  tag,
  summary: "Get the pairing code",
  description: "The current code for a new player. 404 if there is none.",
  answers: { 200: PairingCode },
  problems: [404],
  isForOperators: true,
  act: ({ players }) => {
    const code = players.pairingCode();
    if (code === undefined) throw notFound("Cannot show the pairing code: none is open");
    return code;
  },
});

export const pairingWaiting = operation({
  id: "pairing_waiting",
  method: "GET",
  route: `${pairing}/waiting`,
  tag,
  summary: "List Moonlight players waiting for a PIN",
  description: "Each waits until its PIN is entered, it is rejected, or it times out.",
  answers: { 200: listOf(WaitingPlayer, "Players waiting for their PIN") },
  act: ({ players }) => players.waitingPlayers(),
});

export const pairingPin = operation({
  id: "pairing_pin",
  method: "POST",
  route: `${pairing}/pin`,
  tag,
  summary: "Enter the PIN shown by a Moonlight player",
  description:
    "The player, not the host, finds out whether the PIN was right. `id` or `uniqueid` names the player if several are waiting.",
  body: PinEntry,
  answers: { 202: PinResult },
  problems: [404],
  act: async ({ players }, { body }): Promise<PinResult> => {
    if (await players.submitPin(body)) return { outcome: await players.pinOutcome() };
    const reason =
      "no such player waits for one; a wait is over after three minutes, start pairing there again";
    throw notFound(`Cannot use the PIN: ${reason}`);
  },
});

export const pairingRefuse = operation({
  id: "pairing_refuse",
  method: "DELETE",
  route: `${pairing}/waiting/:id`,
  tag,
  summary: "Reject a waiting player",
  description: "Ends the attempt; the player reports that pairing failed.",
  answers: { 204: nothing },
  problems: [404],
  act: async ({ players }, { params }) => {
    const id = readId(params.id);
    if (id !== undefined && (await players.refuseWaiting(id))) return;
    throw notFound(`Cannot find waiting player "${params.id.slice(0, 64)}": it waits no more`);
  },
});

export const pairingCancel = operation({
  id: "pairing_cancel",
  method: "DELETE",
  route: pairing,
  tag,
  summary: "Revoke the pairing code",
  description: "The code stops working at once. Does nothing if there is none.",
  answers: { 204: nothing },
  act: async ({ players }) => {
    await players.cancelPairing();
  },
});
