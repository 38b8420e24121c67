/**
 * Where every `npm run` command begins: on plain Node 20, with nothing else installed. It brings
 * the pinned bun and the locked packages when they are missing or have changed, then runs the
 * command. Everything it says goes to stderr: stdout belongs to the command.
 */
import { check, format } from "./check.mjs";
import { runScript } from "./run.mjs";
import { prepareProject } from "./setup.mjs";
import { runTests } from "./test.mjs";

const commands = {
  start: (bun, args) => runScript(bun, "src/main.ts", ["serve", ...args]),
  onglass: (bun, args) => runScript(bun, "src/main.ts", args),
  build: (bun, args) => runScript(bun, "tools/build.ts", args),
  bench: (bun, args) => runScript(bun, "test/bench/all.ts", args),
  fuzz: (bun, args) => runScript(bun, "test/fuzz/all.ts", args),
  prove: (bun, args) => runScript(bun, "test/prove/all.ts", args),
  test: runTests,
  check,
  format,
};

async function main([name, ...args]) {
  if (!Object.hasOwn(commands, name ?? "")) {
    throw new Error(`Cannot run "${name ?? ""}": there are ${Object.keys(commands).join(", ")}`);
  }
  const bun = await prepareProject();
  return commands[name](bun, args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`onglass: ${error.message}`);
  process.exitCode = 1;
}
