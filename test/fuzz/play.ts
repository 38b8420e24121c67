/** What pages that play send: hostile bytes for its reader, and the seat that follows what it says. */
import {
  aliveMessage,
  buttonMessage,
  keyMessage,
  markMessage,
  padMessage,
  pointerMessage,
  releaseMessage,
  textMessages,
  wheelMessage,
} from "../../public/input-wire.ts";
import { heldCountMax, PlaySeat } from "../../src/play/seat.ts";
import { readPlayMessage } from "../../src/play/wire/message.ts";
import type { Parser } from "./parsers.ts";

let passedCount = 0;
const seat = new PlaySeat(() => (passedCount += 1), { after: () => () => undefined });

export const pageInput: Parser = {
  name: "input of pages",
  share: 60_000,
  seeds: [
    keyMessage(1, 30, true),
    pointerMessage(2, 0.5, 0.5),
    buttonMessage(3, 1, true),
    wheelMessage(4, 120, 0),
    padMessage(5, { pad: 0, activeMask: 1, buttons: 1, triggers: [0, 1], sticks: [0, 0, 0, 0] }),
    aliveMessage(6, 7),
    markMessage(7, 1),
    releaseMessage(8),
    ...textMessages(9, "Grüße"),
  ],
  feed: (input) => {
    const message = readPlayMessage(input);
    if (message?.kind === "release") seat.release();
    for (const event of message?.kind === "input" ? message.events : []) {
      if (Object.values(event).some(Number.isNaN)) throw new Error("a number that is none");
      seat.accept(event);
      if (event.kind === "text" && event.text.length > 1024) throw new Error("too long a text");
    }
    if (seat.heldCount > heldCountMax) throw new Error("too much is held");
  },
};
