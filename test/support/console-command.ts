/** A command that asks a console, and the console that it asks. */
import { join } from "node:path";
import { consoleHostIn, consoleToken } from "./console-host.ts";
import { tempDirectory } from "./temp-directory.ts";
import { TestTerminal } from "./terminal.ts";

type Command = (args: string[], terminal: TestTerminal) => Promise<number>;

/** `run` calls the command with its words, on a data directory of its own. */
export async function commandWithConsole(command: Command) {
  const directory = await tempDirectory();
  const host = await consoleHostIn(directory.path, {});
  await Bun.write(join(directory.path, "token"), `${consoleToken}\n`);
  const flags = ["--data-dir", directory.path, "--listen", `127.0.0.1:${host.port}`];
  const run = async (...args: string[]) => {
    const terminal = new TestTerminal();
    const code = await command([...args, ...flags], terminal);
    return { code, stdout: terminal.stdout, stderr: terminal.stderr };
  };
  return {
    host,
    run,
    [Symbol.asyncDispose]: async () => {
      await host[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}
