/** A terminal that keeps what was printed. */
import type { Terminal } from "../../src/cli/output.ts";

export class TestTerminal implements Terminal {
  readonly env: Record<string, string>;
  stdout = "";
  stderr = "";

  constructor(env: Record<string, string> = {}) {
    this.env = env;
  }

  print(line: string): void {
    this.stdout += `${line}\n`;
  }

  write(text: string): void {
    this.stdout += text;
  }

  say(line: string): void {
    this.stderr += `${line}\n`;
  }
}
