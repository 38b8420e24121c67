/**
 * A text that a player has copied, on a Wayland desktop: ext_data_control_v1, or its elder of wlroots.
 * The connection stays open for as long as programs may paste it.
 */
import { every, timers } from "../base/scheduler.ts";
import { findDataControl, textTypes } from "./clipboard.ts";
import { WaylandConnection } from "./connection.ts";
import { TextTransfers } from "./text-transfers.ts";

/** A text that programs of a desktop can paste, until it is closed or another one is copied. */
export type HeldText = { close(): void };

const createSource = 0;
const getDevice = 1;
const setSelection = 0;
const offer = 0;
const deviceFinished = 2;
const sourceEvents = { send: 0, cancelled: 1 };

/** How often a text that is held looks for who pastes. */
export const heldLookMs = 50;

/** Rejects with what is in the way. @param path the compositor's socket */
export async function holdWaylandText(path: string, text: string): Promise<HeldText> {
  const connection = await WaylandConnection.open(path);
  const transfers = new TextTransfers(text);
  const close = () => {
    stop();
    transfers.close();
    connection.close();
  };
  let isLost = false;
  const look = () => {
    connection.pump(0);
    transfers.continue();
    if (isLost || connection.fault !== undefined) close();
  };
  const stop = every(timers, heldLookMs, look);
  const lose = () => {
    isLost = true;
  };
  try {
    const { manager, seat } = findDataControl(connection);
    const source = connection.makeObject((opcode, args) => {
      if (opcode === sourceEvents.cancelled) lose();
      if (opcode !== sourceEvents.send) return;
      const isOffered = textTypes.includes(args.string());
      const pipe = connection.takeDescriptor();
      if (pipe !== undefined) transfers.give(pipe, isOffered);
    });
    connection.send(manager, createSource, [source]);
    for (const type of textTypes) connection.send(source, offer, [type]);
    const device = connection.makeObject((opcode) => {
      if (opcode === deviceFinished) lose();
    });
    connection.send(manager, getDevice, [device, seat]);
    connection.send(device, setSelection, [source]);
    await connection.settle();
    return { close };
  } catch (cause) {
    close();
    throw cause;
  }
}
