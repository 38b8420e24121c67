/** Compiles kernels from WebAssembly text into modules of text, so that any thread has them without reading a file. */
import wabt from "wabt";

const kernels = [
  { source: "src/parity/galois.wat", name: "galoisWasm", target: "src/generated/galois-wasm.ts" },
  { source: "src/video/convert.wat", name: "convertWasm", target: "src/generated/convert-wasm.ts" },
];

export async function prepareWasm(): Promise<void> {
  const compiler = await wabt();
  for (const { source, name, target } of kernels) {
    const parsed = compiler.parseWat(source, await Bun.file(source).text(), { simd: true });
    const { buffer } = parsed.toBinary({});
    const text = Buffer.from(buffer).toString("base64");
    await Bun.write(
      target,
      `/** Generated from ${source}. */\nexport const ${name} = "${text}";\n`,
    );
  }
}

if (import.meta.main) await prepareWasm();
