/**
 * What has been copied on a Wayland desktop, as text: ext_data_control_v1, or its elder of wlroots,
 * which KWin has too. It is requested on a connection of its own, and nothing of it is stored.
 */
import { readSync } from "node:fs";
import { type Clock, systemClock } from "../base/clock.ts";
import { closeDescriptor, openPipe, stopBlocking } from "../base/descriptors.ts";
import { hasCode } from "../base/error-text.ts";
import { sleepMs } from "../base/timer.ts";
import { WaylandConnection } from "./connection.ts";
import { copiedBytesMax } from "./copied.ts";
import { writeMessage } from "./wire/message.ts";

/** The content of a clipboard. */
export type Copied =
  | { readonly kind: "text"; readonly text: string }
  /** Nothing, or nothing that is text. */
  | { readonly kind: "nothing" }
  | { readonly kind: "too_long" };

const managers = ["ext_data_control_manager_v1", "zwlr_data_control_manager_v1"];
const getDevice = 1;
const deviceEvents = { offer: 0, selection: 1 };
const receive = 0;
/** How programs name text that they offer, in the order in which they are preferred. */
export const textTypes = ["text/plain;charset=utf-8", "UTF8_STRING", "text/plain"];
const offerCountMax = 8;
const typeCountMax = 64;
/** The owning program may be slow, or hang. */
const answerUsMax = 2_000_000;
const lookMs = 5;

/** Rejects with the reason. @param path the compositor's socket */
export async function readWaylandClipboard(path: string): Promise<Copied> {
  const connection = await WaylandConnection.open(path);
  try {
    const offer = await findOffer(connection);
    const type = textTypes.find((one) => offer?.types.has(one));
    if (offer === undefined || type === undefined) return { kind: "nothing" };
    return await readOffer(connection, offer.id, type);
  } finally {
    connection.close();
  }
}

type Offer = { readonly id: number; readonly types: ReadonlySet<string> };

/** The desktop says what is copied as soon as it is asked for a device. */
async function findOffer(connection: WaylandConnection): Promise<Offer | undefined> {
  const { manager, seat } = findDataControl(connection);
  const offers = new Map<number, Set<string>>();
  let selected = 0;
  const device = connection.makeObject((opcode, args) => {
    const object = args.uint();
    if (opcode === deviceEvents.selection) selected = object;
    if (opcode !== deviceEvents.offer || offers.size >= offerCountMax) return;
    const types = new Set<string>();
    offers.set(object, types);
    connection.listen(object, (_opcode, offered) => {
      if (types.size < typeCountMax) types.add(offered.string());
    });
  });
  connection.send(manager, getDevice, [device, seat]);
  await connection.settle();
  const types = offers.get(selected);
  return types && { id: selected, types };
}

/** The objects that show and take what is copied. Throws when the desktop has none. */
export function findDataControl(connection: WaylandConnection): { manager: number; seat: number } {
  const { globals } = connection;
  const [name] = managers.filter((each) => globals.some((one) => one.interface === each));
  const global = globals.find((one) => one.interface === name);
  const seat = globals.find((one) => one.interface === "wl_seat");
  if (global === undefined || seat === undefined)
    throw new Error(`it shows no program what is copied (no ${managers.join(", no ")})`);
  // Object ids must be sent in order.
  return { manager: connection.bind(global, 1).id, seat: connection.bind(seat, 1).id };
}

/** The owning program writes into a pipe of ours. */
async function readOffer(
  connection: WaylandConnection,
  offer: number,
  type: string,
): Promise<Copied> {
  const { readEnd, writeEnd } = openPipe({ isBlocking: true });
  try {
    // The program's end, which it may expect to be blocking.
    stopBlocking(readEnd);
    // The descriptor goes beside the message and is not an argument in it.
    connection.sendDescriptor(writeMessage(offer, receive, [type]), writeEnd);
  } finally {
    closeDescriptor(writeEnd);
  }
  try {
    await connection.settle();
    return await readCopied(readEnd);
  } finally {
    closeDescriptor(readEnd);
  }
}

/** What is written into a pipe that does not block, to its end. Rejects when nothing comes for too long. */
export async function readCopied(pipe: number, clock: Clock = systemClock()): Promise<Copied> {
  const endUs = clock.nowUs() + answerUsMax;
  const bytes = Buffer.alloc(copiedBytesMax + 1);
  for (let count = 0; ; ) {
    const read = readSome(pipe, bytes.subarray(count));
    if (read === 0) return textOf(bytes.subarray(0, count));
    count += read ?? 0;
    if (count === bytes.length) return { kind: "too_long" };
    if (clock.nowUs() >= endUs) throw new Error("the program that has it does not answer");
    if (read === undefined) await sleepMs(lookMs);
  }
}

/** 0 at the end; `undefined` when there is nothing now. */
function readSome(pipe: number, into: Buffer): number | undefined {
  try {
    return readSync(pipe, into);
  } catch (cause) {
    if (hasCode(cause, "EAGAIN")) return undefined;
    throw cause;
  }
}

/**
 * Text of its bytes in UTF-8. An empty one counts as nothing, and so do bytes that are not text.
 */
export function textOf(bytes: Buffer): Copied {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text === "" ? { kind: "nothing" } : { kind: "text", text };
  } catch {
    return { kind: "nothing" };
  }
}
