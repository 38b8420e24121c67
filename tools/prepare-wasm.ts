/** Compiles src/parity/galois.wat into a module of text, so that any thread has it without reading a file. */
import wabt from "wabt";

const source = "src/parity/galois.wat";
const target = "src/generated/galois-wasm.ts";

export async function prepareWasm(): Promise<void> {
  const compiler = await wabt();
  const parsed = compiler.parseWat(source, await Bun.file(source).text(), { simd: true });
  const { buffer } = parsed.toBinary({});
  const text = Buffer.from(buffer).toString("base64");
  await Bun.write(
    target,
    `/** Generated from ${source}. */\nexport const galoisWasm = "${text}";\n`,
  );
}

if (import.meta.main) await prepareWasm();
