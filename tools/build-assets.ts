/**
 * Makes what a browser loads: the scripts of `public/` with the packages they use in one file each,
 * style, pictures, and the reader of the API's document; every file named by its content and
 * compressed with Brotli, and a generated module that names them, so that a missing file is a build
 * error and the executable carries them all.
 */
import { mkdir, rm } from "node:fs/promises";
import { basename, extname } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { CryptoHasher } from "bun";

const folder = "src/generated/assets";
const target = "src/generated/assets.ts";
const declaration = "src/generated/bin.d.ts";
const types: Readonly<Record<string, string>> = {
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

type Source = { readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> };

export async function buildAssets(): Promise<void> {
  const read = await Promise.all([...own, ...docs].map(readSource));
  const sources = [...(await bundle()), await joinStyles(), ...read];
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const parts = await Promise.all(sources.map(writeAsset));
  await Bun.write(target, moduleText(parts));
  await Bun.write(declaration, declarationText);
}

/** Imported as a file, each is the path of it. */
const declarationText = `declare module "*.bin" {
  const path: string;
  export default path;
}
`;

const entries = [
  "app",
  "charts",
  "drag-layer",
  "share",
  "sound-worker",
  "sound-worklet",
  "stream-worker",
  "watch",
];

async function bundle(): Promise<Source[]> {
  const result = await Bun.build({
    entrypoints: entries.map((name) => `public/${name}.ts`),
    target: "browser",
    format: "esm",
    minify: true,
  });
  return await Promise.all(
    result.outputs.map(async (output) => ({
      name: basename(output.path),
      bytes: new Uint8Array(await output.arrayBuffer()),
    })),
  );
}

/** In this order: what comes later wins. */
const styles = [
  "theme",
  "frame",
  "controls",
  "cards",
  "verdict",
  "compare",
  "charts",
  "history",
  "frames",
  "marks",
  "tables",
  "watch",
  "play",
  "docs",
  "narrow",
];

async function joinStyles(): Promise<Source> {
  const texts = await Promise.all(styles.map((name) => Bun.file(`public/css/${name}.css`).text()));
  return { name: "app.css", bytes: new TextEncoder().encode(texts.join("\n")) };
}

const own = ["public/icon.svg"];

/** What shows the API's document, as its package has it. */
const docs = [
  import.meta.resolve("swagger-ui-dist/swagger-ui-bundle.js"),
  import.meta.resolve("swagger-ui-dist/swagger-ui.css"),
].map((address) => fileURLToPath(address));

async function readSource(path: string): Promise<Source> {
  return { name: basename(path), bytes: await Bun.file(path).bytes() };
}

type Part = { readonly imports: string; readonly entry: string };

async function writeAsset({ name, bytes }: Source, index: number): Promise<Part> {
  const hash = new CryptoHasher("sha256").update(bytes).digest("hex").slice(0, 16);
  const extension = extname(name);
  const file = `${basename(name, extension)}.${hash}${extension}`;
  const path = `${file}.br.bin`;
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24 };
  await Bun.write(`${folder}/${path}`, brotliCompressSync(bytes, { params }));
  const imports = `import br${index} from "./assets/${path}" with { type: "file" };\n`;
  const fields = [
    `address: "/assets/${file}"`,
    `etag: '"${hash}"'`,
    `type: "${types[extension]}"`,
    `br: br${index}`,
  ];
  return { imports, entry: `  "${name}": { ${fields.join(", ")} },\n` };
}

function moduleText(parts: readonly Part[]): string {
  return `/** Generated from public/. Paths are of files on disk, or inside the executable. */
${parts.map(({ imports }) => imports).join("")}
export type Asset = {
  readonly address: string;
  readonly etag: string;
  readonly type: string;
  readonly br: string;
};

export const assets: Readonly<Record<string, Asset>> = {
${parts.map(({ entry }) => entry).join("")}};
`;
}

if (import.meta.main) await buildAssets();
