/**
 * What has been copied on an X display, as text: the owner of CLIPBOARD is asked, over a connection
 * of its own, and nothing of it is stored. A text sent in pieces (INCR) is too long and is not
 * read.
 */
import { inTime } from "../base/scheduler.ts";
import { type Copied, textOf } from "../wayland/clipboard.ts";
import { copiedBytesMax } from "../wayland/copied.ts";
import { X11Connection } from "../x11/connection.ts";
import {
  readAtom,
  readProperty,
  readSelectionNotify,
  writeConvertSelection,
  writeGetProperty,
  writeHiddenWindow,
  writeInternAtom,
} from "./x11-clipboard-wire.ts";

const deadlineMs = 3000;

/** Rejects with the reason, within three seconds. @param display `:0`, `host:0` */
export async function readX11Clipboard(display: string): Promise<Copied> {
  // The property in which the owner has put it, 0 for none.
  const notified = Promise.withResolvers<number>();
  // Nobody may wait for it.
  notified.promise.catch(() => undefined);
  const connection = new X11Connection({
    areErrorsAnswers: true,
    onMessage: (message) => {
      const property = readSelectionNotify(message);
      if (property !== undefined) notified.resolve(property);
    },
    onEnd: () => notified.reject(new Error("the display has ended the connection")),
  });
  try {
    const copied = read(connection, display, notified.promise);
    return await inTime(copied, { ms: deadlineMs }, () => {
      throw new Error("the program that has it does not answer");
    });
  } finally {
    connection.close();
  }
}

async function read(
  connection: X11Connection,
  display: string,
  notification: Promise<number>,
): Promise<Copied> {
  const setup = await connection.open(display);
  const window = setup.resourceBase;
  connection.send(writeHiddenWindow(window, setup.root));
  const atom = async (name: string) => readAtom(await connection.ask(writeInternAtom(name)));
  const [selection, type] = [await atom("CLIPBOARD"), await atom("UTF8_STRING")];
  const property = await atom("ONGLASS_CLIPBOARD");
  connection.send(writeConvertSelection({ window, selection, type, property }));
  const notified = await notification;
  if (notified === 0) return { kind: "nothing" };
  const request = writeGetProperty(window, notified, copiedBytesMax);
  const value = readProperty(await connection.ask(request));
  if (value === undefined) return { kind: "nothing" };
  if (value.type === type && value.isWhole) return textOf(value.bytes);
  const isTooLong = !value.isWhole || value.type === (await atom("INCR"));
  return { kind: isTooLong ? "too_long" : "nothing" };
}
