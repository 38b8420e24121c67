/**
 * Builds `dist/onglass`, the one executable: all code, the workers as entry points of their own,
 * everything that `tools/prepare.ts` made, and FFmpeg's addon.
 *
 * Names are never minified: Elysia reads the source of handlers to see what they use.
 */
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type BunPlugin, Glob } from "bun";
import type { EmbeddedAddon } from "../src/video/addon-embedded.ts";
import { compressAddon } from "./compress-addon.ts";

const root = join(import.meta.dir, "..");

async function build(entry: string, outfile: string): Promise<void> {
  // The executable knows itself by its file's name, so the temporary part is in the folder's.
  const temporary = join(`${outfile}.${process.pid}`, basename(outfile));
  const workers = await Array.fromAsync(new Glob("src/**/*-worker.ts").scan({ cwd: root }));
  await Bun.build({
    entrypoints: [entry, ...workers.sort()].map((path) => join(root, path)),
    root: join(root, "src"),
    target: "bun",
    format: "esm",
    // What workers share is in there once: 3 MB less.
    splitting: true,
    bytecode: true,
    // Modules only: a function is compiled when it is first called. 6.8 MB less than with all of them,
    // and 4.7 MB less than with those that are not inside others, for 40 ms of a busy core at a start.
    bytecodeDepth: 0,
    minify: { whitespace: true, syntax: true, identifiers: false },
    plugins: [embedAddon(await compressAddon()), embedOpus(await compressOpus()), leaveOut()],
    compile: { outfile: temporary, autoloadDotenv: false, autoloadBunfig: false },
  });
  await rename(temporary, outfile);
  await rm(dirname(temporary), { recursive: true });
}

/** Puts the compressed addon in, and has `node-av` load it from where it will be unpacked to. */
function embedAddon(addon: EmbeddedAddon): BunPlugin {
  const { path, ...facts } = addon;
  const embedded = `
    import path from ${JSON.stringify(path)} with { type: "file" };
    export const embeddedAddon = { ...${JSON.stringify(facts)}, path };`;
  const binding = `
    import { createRequire } from "node:module";
    import { addonPath } from ${JSON.stringify(join(root, "src/video/addon.ts"))};
    export const bindings = createRequire("/")(addonPath());`;
  return {
    name: "embed-addon",
    setup(builder) {
      builder.onLoad({ filter: /\/src\/video\/addon-embedded\.ts$/ }, () => ({
        contents: embedded,
        loader: "js",
      }));
      builder.onLoad({ filter: /\/node-av\/dist\/lib\/binding\.js$/ }, () => ({
        contents: binding,
        loader: "js",
      }));
    },
  };
}

const opusFolder = join(root, "node_modules/@evan/opus/wasm");

/** Where it lies. */
async function compressOpus(): Promise<string> {
  const packed = join(root, "src/generated/opus.wasm.zst");
  const program = await Bun.file(join(opusFolder, "simd.wasm")).bytes();
  await Bun.write(packed, await Bun.zstdCompress(program, { level: 19 }));
  return packed;
}

/**
 * Opus is an addon, which the runtime unpacks into the directory for temporary files. Where that is read-only, or
 * no program may be run from it, the package takes its WebAssembly instead, but looks for it in the folder where
 * onglass was built: it is put in.
 */
function embedOpus(packed: string): BunPlugin {
  const lookedFor = /require\('fs'\)\.readFileSync\(.*\.wasm`\)\)/;
  const head = `import path from ${JSON.stringify(packed)} with { type: "file" };`;
  const read = `Bun.zstdDecompressSync(require("fs").readFileSync(path))`;
  return {
    name: "embed-opus",
    setup(builder) {
      builder.onLoad({ filter: /\/@evan\/opus\/wasm\/index\.js$/ }, async ({ path }) => {
        const source = await Bun.file(path).text();
        if (!lookedFor.test(source)) throw new Error(`${path} looks for its WebAssembly otherwise`);
        const body = source.replace(lookedFor, read).replace("module.exports =", "export");
        return { contents: `${head}\n${body}`, loader: "js" };
      });
    },
  };
}

/**
 * Modules that packages import and onglass never reaches, with what stands in their place: a theme
 * for a page that is not shown, types of uploaded files, source maps for traces of a package, and
 * which browsers' WebTransport works (the runtime has none).
 */
const unreached: readonly (readonly [path: RegExp, standIn: string])[] = [
  [/\/node_modules\/@scalar\/themes\//, 'export const elysiajsTheme = "";'],
  [/\/node_modules\/file-type\//, "export const fileTypeFromBlob = undefined;"],
  [/\/node_modules\/source-map-support\//, "export default {};"],
  [/\/node_modules\/bowser\//, "export default {};"],
];

/** 1 MB less. */
function leaveOut(): BunPlugin {
  return {
    name: "leave-out",
    setup(builder) {
      for (const [filter, contents] of unreached) {
        builder.onLoad({ filter }, () => ({ contents, loader: "js" }));
      }
    },
  };
}

await mkdir(join(root, "dist"), { recursive: true });
await build("src/main.ts", join(root, "dist/onglass"));
