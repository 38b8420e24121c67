/**
 * A Wayland client whose window covers the screen and which writes what its seat tells it, a line an
 * event: `key 30 down a`, `typed é`, `at 320.0 180.0`, `moved …`, `button 272 down`, `turned 0 15.0`, `wheel 0 1`. What a key types is
 * read from the keymap by the library that real programs use. Argument: the compositor's socket.
 */
import { CString, dlopen, type Pointer, ptr } from "bun:ffi";
import { readSync, writeSync } from "node:fs";
import { closeDescriptor } from "../../src/base/descriptors.ts";
import { makeSharedMemory } from "../../src/base/shared-memory.ts";
import { WaylandConnection } from "../../src/wayland/connection.ts";
import type { Arguments } from "../../src/wayland/wire/message.ts";
import { writeMessage } from "../../src/wayland/wire/message.ts";

const xkb = dlopen("libxkbcommon.so.0", {
  xkb_context_new: { args: ["i32"], returns: "ptr" },
  xkb_keymap_new_from_string: { args: ["ptr", "ptr", "i32", "i32"], returns: "ptr" },
  xkb_state_new: { args: ["ptr"], returns: "ptr" },
  xkb_state_update_mask: {
    args: ["ptr", "u32", "u32", "u32", "u32", "u32", "u32"],
    returns: "i32",
  },
  xkb_state_key_get_one_sym: { args: ["ptr", "u32"], returns: "u32" },
  xkb_state_key_get_utf8: { args: ["ptr", "u32", "ptr", "u64"], returns: "i32" },
  xkb_keysym_get_name: { args: ["u32", "ptr", "u64"], returns: "i32" },
}).symbols;
const context = xkb.xkb_context_new(0);
let state: Pointer | null = null;

// The loop below never returns to the runtime, which would keep forever what the other end has no room for now.
const say = (line: string) => void writeSync(1, `${line}\n`);
const [path = ""] = process.argv.slice(2);
const connection = await WaylandConnection.open(path);
const bound = (name: string, version: number, on?: (opcode: number, args: Arguments) => void) => {
  const found = connection.globals.find((global) => global.interface === name);
  if (found === undefined) throw new Error(`The desktop has no ${name}`);
  return connection.bind(found, version, on).id;
};
const compositor = bound("wl_compositor", 4);
const shm = bound("wl_shm", 1);
const shell: number = bound("xdg_wm_base", 1, (opcode, args) => {
  if (opcode === 0) connection.send(shell, 3, [args.uint()]);
});
let pointer = 0;
let keyboard = 0;
const seat: number = bound("wl_seat", 5, (opcode, args) => {
  if (opcode !== 0) return;
  const abilities = args.uint();
  if ((abilities & 1) !== 0 && pointer === 0) {
    pointer = connection.makeObject(onPointer);
    connection.send(seat, 0, [pointer]);
  }
  if ((abilities & 2) !== 0 && keyboard === 0) {
    keyboard = connection.makeObject(onKeyboard);
    connection.send(seat, 1, [keyboard]);
  }
});

const fixed = (args: Arguments) => (args.int() / 256).toFixed(1);

function onPointer(opcode: number, args: Arguments): void {
  if (opcode === 0) args.uint();
  if (opcode === 0 || opcode === 2) {
    args.uint();
    say(`at ${fixed(args)} ${fixed(args)}`);
  } else if (opcode === 3) {
    args.uint();
    args.uint();
    say(`button ${args.uint()} ${args.uint() === 1 ? "down" : "up"}`);
  } else if (opcode === 4) {
    args.uint();
    say(`turned ${args.uint()} ${fixed(args)}`);
  } else if (opcode === 8) {
    say(`wheel ${args.uint()} ${args.int()}`);
  }
}

function onKeyboard(opcode: number, args: Arguments): void {
  if (opcode === 0) {
    args.uint();
    learn(args.uint());
  } else if (opcode === 1) {
    say("focused");
  } else if (opcode === 3) {
    args.uint();
    args.uint();
    onKey(args.uint(), args.uint() === 1);
  } else if (opcode === 4) {
    args.uint();
    const [depressed, latched, locked, group] = [
      args.uint(),
      args.uint(),
      args.uint(),
      args.uint(),
    ];
    if (state !== null) xkb.xkb_state_update_mask(state, depressed, latched, locked, 0, 0, group);
  }
}

function learn(size: number): void {
  const descriptor = connection.takeDescriptor();
  if (descriptor === undefined) throw new Error("A keymap comes with a descriptor");
  const text = Buffer.alloc(size + 1);
  readSync(descriptor, text, 0, size, 0);
  closeDescriptor(descriptor);
  const keymap = xkb.xkb_keymap_new_from_string(context, ptr(text), 1, 0);
  if (keymap === null) throw new Error("The keymap cannot be read");
  state = xkb.xkb_state_new(keymap) as Pointer;
}

function onKey(code: number, isDown: boolean): void {
  if (state === null) throw new Error("Keys come after a keymap");
  const name = Buffer.alloc(64);
  xkb.xkb_keysym_get_name(xkb.xkb_state_key_get_one_sym(state, code + 8), ptr(name), 64);
  say(`key ${code} ${isDown ? "down" : "up"} ${new CString(ptr(name))}`);
  const typed = Buffer.alloc(64);
  const length = xkb.xkb_state_key_get_utf8(state, code + 8, ptr(typed), 64);
  if (isDown && length > 0) say(`typed ${JSON.stringify(typed.toString("utf8", 0, length))}`);
}

let area = { width: 640, height: 360 };
let isConfigured = false;
const surface = connection.makeObject();
connection.send(compositor, 0, [surface]);
const shellSurface: number = connection.makeObject((_, args) => {
  connection.send(shellSurface, 4, [args.uint()]);
  isConfigured = true;
});
connection.send(shell, 2, [shellSurface, surface]);
const window = connection.makeObject((opcode, args) => {
  if (opcode !== 0) return;
  const [width, height] = [args.int(), args.int()];
  if (width > 0 && height > 0) area = { width, height };
});
connection.send(shellSurface, 1, [window]);
connection.send(window, 11, [0]);
connection.send(surface, 6, []);
while (!isConfigured && connection.fault === undefined) connection.pump(50);
const memory = makeSharedMemory("listener", area.width * area.height * 4);
const pool = connection.makeObject();
connection.sendDescriptor(writeMessage(shm, 0, [pool, memory.bytes.length]), memory.descriptor);
const buffer = connection.makeObject();
connection.send(pool, 0, [buffer, 0, area.width, area.height, area.width * 4, 1]);
connection.send(surface, 1, [buffer, 0, 0]);
connection.send(surface, 9, [0, 0, area.width, area.height]);
connection.send(surface, 6, []);
say("ready");
while (connection.fault === undefined) connection.pump(1000);
