import { expect, test } from "bun:test";
import fc from "fast-check";
import {
  Arguments,
  readMessages,
  WireError,
  writeMessage,
} from "../../src/wayland/wire/message.ts";

const argument = fc.oneof(fc.integer({ min: 0, max: 0xffff_ffff }), fc.string({ maxLength: 200 }));

test("what is written is read back, however it is cut", () => {
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 6 }), fc.nat(4000), (args, cut) => {
      const bytes = writeMessage(7, 3, args);
      const seen: unknown[] = [];
      const take = (part: Buffer) =>
        readMessages(part, ({ object, opcode, body }) => {
          const reader = new Arguments(body);
          seen.push(
            object,
            opcode,
            ...args.map((arg) => (typeof arg === "string" ? reader.string() : reader.uint())),
          );
        });
      const first = take(bytes.subarray(0, cut % (bytes.length + 1)));
      take(bytes.subarray(first));
      // A lone half of a surrogate pair has no UTF-8.
      const whole = args.map((arg) =>
        typeof arg === "string" ? Buffer.from(arg).toString() : arg,
      );
      expect(seen).toEqual([7, 3, ...whole]);
    }),
  );
});

test("bytes that are not messages are refused or left, and never more is read than there is", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const buffer = Buffer.from(bytes);
      try {
        const taken = readMessages(buffer, ({ body }) => {
          const reader = new Arguments(body);
          reader.uint();
          reader.string();
          reader.time();
        });
        expect(taken).toBeLessThanOrEqual(buffer.length);
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }),
    { numRuns: 2000 },
  );
});
