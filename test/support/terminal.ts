/** A terminal that keeps what was printed, as a process would have printed it. */
import { openTerminal, type Terminal } from "../../src/cli/output.ts";

export class TestTerminal implements Terminal {
  readonly env: Record<string, string>;
  stdout = "";
  stderr = "";
  readonly columns: number | undefined;
  readonly #terminal: Terminal;

  constructor(env: Record<string, string> = {}, hasProgress = false, columns?: number) {
    this.env = env;
    this.columns = columns;
    this.#terminal = openTerminal({
      ...{ env, columns },
      isInteractive: false,
      hasProgress,
      stdout: (text) => {
        this.stdout += text;
      },
      stderr: (text) => {
        this.stderr += text;
      },
    });
  }

  print(line: string): void {
    this.#terminal.print(line);
  }

  write(text: string): void {
    this.#terminal.write(text);
  }

  say(line: string): void {
    this.#terminal.say(line);
  }

  progress(share: number): void {
    this.#terminal.progress(share);
  }
}
