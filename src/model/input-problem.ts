/**
 * Why a player's pads, pen and fingers do not arrive at this machine, with the command that fixes
 * it.
 */
import { type Static, Type } from "@sinclair/typebox";
import type { Coded, CodedTexts, CodedValues, CodeTable } from "./coded.ts";
import { valuesShape } from "./reason.ts";

/** Codes of obstacles to creating devices. */
export const inputProblems = {
  devices_missing: {},
  devices_no_rights: {},
  devices_failed: { detail: "text" },
} as const satisfies CodeTable;

/** One of the codes with its values. */
export type InputProblem = Coded<typeof inputProblems>;

/** One shell command; the same rule is in `contrib/70-onglass-uinput.rules`. */
export const rightsLine =
  'echo \'KERNEL=="uinput", SUBSYSTEM=="misc", GROUP="input", MODE="0660", TAG+="uaccess", OPTIONS+="static_node=uinput"\' | sudo tee /etc/udev/rules.d/70-onglass-uinput.rules && sudo udevadm control --reload && sudo udevadm trigger --name-match=uinput';
/** One shell command: loads the kernel module, now and at every start. */
export const moduleLine =
  "echo uinput | sudo tee /etc/modules-load.d/onglass-uinput.conf && sudo modprobe uinput";

export const inputProblemsEnglish: CodedTexts<typeof inputProblems> = {
  devices_missing: () =>
    `Gamepads, pen and touch do not arrive: there is no /dev/uinput. Load it: ${moduleLine}`,
  devices_no_rights: () =>
    `Gamepads, pen and touch do not arrive: onglass is not allowed to open /dev/uinput. Allow it for the signed-in user: ${rightsLine}`,
  devices_failed: ({ detail }) => `Gamepads, pen and touch do not arrive: ${detail}`,
};

export const InputProblemShape = Type.Object(
  {
    code: Type.String({ maxLength: 64, description: "The reason" }),
    values: valuesShape("Values for the sentence"),
    text: Type.String({ maxLength: 2048, description: "In English, with the next step" }),
  },
  { description: "Why gamepads, pen and touch of the player do not arrive; absent if they do" },
);
/** As the API shows it. */
export type InputProblemShape = Omit<Static<typeof InputProblemShape>, "values"> & {
  values: CodedValues;
};

/** With its English text. */
export function describeInputProblem(problem: InputProblem): InputProblemShape {
  const text =
    problem.code === "devices_failed"
      ? inputProblemsEnglish.devices_failed(problem.values, String)
      : inputProblemsEnglish[problem.code](problem.values, String);
  return { ...problem, text };
}
