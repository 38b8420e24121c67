/** A real PulseAudio with outputs that go nowhere, and programs that play on it. */
import { join } from "node:path";
import { tempDirectory } from "./temp-directory.ts";
import { until } from "./until.ts";

export type PulseServer = AsyncDisposable & {
  /** For programs that are to find it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Plays a tone on an output, or on the default one, until the server ends. */
  play(hertz: number, output?: string): Promise<void>;
  /** The same on one speaker only, one of PulseAudio's names. */
  playOn(speaker: string, hertz: number, output: string): Promise<void>;
  useOutput(name: string): Promise<void>;
  /** What `pactl list short modules` says, a line each. */
  modules(): Promise<readonly string[]>;
  /** The server stands still until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it, and starts another in its place. */
  restart(): Promise<void>;
};

const sampleRate = 48_000;
/** As sound cards have it: another order than players. */
const surroundMap = "front-left,front-right,rear-left,rear-right,front-center,lfe";

/** With the outputs `one`, which is the default, `two`, and `surround` with 5.1. */
export async function openPulseServer(): Promise<PulseServer> {
  const directory = await tempDirectory();
  const environment = { ...process.env, ...homeIn(directory.path) };
  const tone = toneOn(environment, directory.path);
  const control = async (...args: string[]) => {
    const program = Bun.spawn(["pactl", ...args], {
      env: environment,
      stdio: ["ignore", null, null],
    });
    return (await program.exited) === 0;
  };
  let server = start(directory.path, environment);
  const ready = () => until(() => control("info"), { what: "PulseAudio answers" });
  await ready();
  const stop = async () => {
    server.kill("SIGCONT");
    server.kill("SIGKILL");
    await server.exited;
  };
  return {
    environment,
    play: async (hertz, output = "") => await tone(hertz, output, ["--channels=2"]),
    playOn: async (speaker, hertz, output) =>
      await tone(hertz, output, ["--channels=2", `--channel-map=${speaker},lfe`, "--no-remix"]),
    useOutput: async (name) => {
      if (!(await control("set-default-sink", name))) throw new Error(`There is no "${name}"`);
    },
    modules: async () => {
      const program = Bun.spawn(["pactl", "list", "short", "modules"], {
        env: environment,
        stdio: ["ignore", "pipe", null],
      });
      return (await new Response(program.stdout).text()).split("\n");
    },
    pause: () => server.kill("SIGSTOP"),
    resume: () => server.kill("SIGCONT"),
    restart: async () => {
      await stop();
      server = start(directory.path, environment);
      await ready();
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await directory[Symbol.asyncDispose]();
    },
  };
}

function homeIn(path: string) {
  const socket = `unix:${join(path, "native")}`;
  return { HOME: path, XDG_RUNTIME_DIR: path, PULSE_RUNTIME_PATH: path, PULSE_SERVER: socket };
}

function start(path: string, env: Record<string, string | undefined>): Bun.Subprocess {
  const modules = [
    "module-null-sink sink_name=one",
    "module-null-sink sink_name=two",
    `module-null-sink sink_name=surround channels=6 channel_map=${surroundMap}`,
    `module-native-protocol-unix socket=${join(path, "native")}`,
  ];
  const options = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"];
  const loads = modules.flatMap((module) => ["-L", module]);
  return Bun.spawn(["pulseaudio", ...options, ...loads], { env, stdio: ["ignore", null, null] });
}

function toneOn(env: Record<string, string | undefined>, path: string) {
  return async (hertz: number, output: string, channels: readonly string[]) => {
    // Half a minute, longer than any test listens.
    const samples = new Int16Array(30 * sampleRate * 2);
    for (let at = 0; at < samples.length; at++) {
      samples[at] = Math.round(8000 * Math.sin((2 * Math.PI * hertz * (at >> 1)) / sampleRate));
    }
    if (channels.includes("--no-remix"))
      for (let at = 1; at < samples.length; at += 2) samples[at] = 0;
    const file = join(path, `${hertz}.raw`);
    await Bun.write(file, samples);
    const form = ["--raw", "--rate=48000", "--format=s16le", ...channels];
    const device = output === "" ? [] : [`--device=${output}`];
    Bun.spawn(["pacat", ...form, ...device, file], { env, stdio: ["ignore", null, null] });
  };
}
