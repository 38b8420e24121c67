import { expect, test } from "bun:test";
import type { FFEncoderCodec } from "node-av/constants";
import { Codec, CodecContext } from "node-av/lib";
import { codecs } from "../../src/model/capture.ts";
import { encoderChoices, encodersFor } from "../../src/video/encoders.ts";
import { setOptions } from "../../src/video/ffmpeg.ts";

const setups = new Map(
  codecs.flatMap((codec) =>
    encoderChoices.flatMap((choice) =>
      encodersFor(codec, choice).map((setup) => [setup.name, setup] as const),
    ),
  ),
);

for (const [name, setup] of setups) {
  test(`${name} knows every option that it is given, also where it cannot be opened`, () => {
    const codec = Codec.findEncoderByName(name as FFEncoderCodec); // One of its own table.
    if (codec === null) throw new Error(`"${name}" is not built in`);
    const context = new CodecContext();
    context.allocContext3(codec);
    for (const preset of [setup.presetDefault, ...setup.presets]) {
      expect(() => setOptions(context, codec, setup.options(preset))).not.toThrow();
    }
    context.freeContext();
  });
}

test("an option that a codec does not know is refused by name", () => {
  const codec = Codec.findEncoderByName("libx264" as FFEncoderCodec); // There in every build of ours.
  if (codec === null) throw new Error("x264 is not built in");
  const context = new CodecContext();
  context.allocContext3(codec);
  expect(() => setOptions(context, codec, { nothing: "1" })).toThrow('Cannot set "nothing=1"');
  context.freeContext();
});
