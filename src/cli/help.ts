/** What `--help` says, one text a command. */

const settings = `Settings (flag, environment variable, default):
  --data-dir DIR         ONGLASS_DATA_DIR        $XDG_CONFIG_HOME/onglass or ~/.config/onglass
  --listen HOST:PORT     ONGLASS_LISTEN          127.0.0.1:7780       console and API
  --tls, --no-tls        ONGLASS_TLS             on beyond loopback   console over HTTPS
  --allow-host NAME      ONGLASS_ALLOW_HOST      this machine's names further Host names answered to
  --native-listen H:P    ONGLASS_NATIVE_LISTEN   0.0.0.0:7781         TLS control and UDP media
  --gamestream-port N    ONGLASS_GAMESTREAM_PORT 47989                Moonlight; 0 = off
  --gamestream-codecs L  ONGLASS_GAMESTREAM_CODECS h264               also hevc, av1: h264,hevc
  --source SOURCE        ONGLASS_SOURCE          testsrc              also x11:<display>, file:<path>
  --encoder NAME         ONGLASS_ENCODER         auto                 x264 (software), nvenc, vaapi, qsv
  --encoder-preset NAME  ONGLASS_ENCODER_PRESET  the fastest          software encoder's preset
  --perf                 ONGLASS_PERF=1          off                  one log line per window
  --log FORM             ONGLASS_LOG             by stderr            text or json; text in a terminal
  --stats-prefix PATH    ONGLASS_STATS_PREFIX    .stats               where counts are published over MoQ
  --stats-levels N       ONGLASS_STATS_LEVELS    3                    path segments counted apart
  --stats-node NAME      ONGLASS_STATS_NODE      none                 tells this host's counts apart
  --no-stats             ONGLASS_NO_STATS=1      off                  count nothing
  --relay URL            ONGLASS_RELAY           none                 a MoQ relay that takes streams further
  (no flag)              ONGLASS_TOKEN           <data>/token         bearer token`;

const texts: Readonly<Record<string, string>> = {
  "": `onglass: a streaming host for Linux with a flight recorder built in

Usage: onglass [COMMAND] [FLAGS]

Commands:
  serve      run the host (also without a command)
  play       play a stream from a host
  captures   list, show, delete or export saved captures
  timeline   export, import or replay what happened
  pair       make a code that lets a new player in, or type a Moonlight player's PIN
  encoders   say which encoders this machine opens
  openapi    print the OpenAPI document
  version    print the version

\`onglass COMMAND --help\` tells more. Exit codes: 0 done, 1 failed, 2 called wrongly.`,
  serve: `Usage: onglass serve [FLAGS]

Runs the host: console and API, and the native path for players. Ends on Ctrl-C or SIGTERM; a
capture that is recording is saved first.

${settings}`,
  play: `Usage: onglass play HOST:PORT [FLAGS]

Plays a stream from a host. Ends after --seconds, on Ctrl-C, or when the host goes away (exit 1).

  --seconds N        end so long after the first frame; until Ctrl-C unless given
  --width N          1280
  --height N         720
  --fps N            60
  --codec NAME       h264; also hevc, av1
  --bitrate-kbps N   10000
  --pair CODE        pair with the host first, once; the code is made there by "onglass pair"
  --out FILE         write the elementary stream there; - is stdout, the summary is on stderr then
  --json             the summary as one line of JSON
  --data-dir DIR     this player's identity and hosts (ONGLASS_DATA_DIR); the host's own directory
                     needs no pairing`,
  pair: `Usage: onglass pair [--pin PIN [--uniqueid ID]] [FLAGS]

Asks the running host for a code that lets one new player in. It works once, for ten minutes. With
--pin it pairs a Moonlight player that waits instead; that player says whether the PIN was right.

  --pin PIN          as the player shows it, 4 to 8 digits
  --id N             which player, where several wait; GET /api/v1/pairing/waiting lists them
  --uniqueid ID      the same by the name that the player gives itself
  --json             the answer as one line of JSON
  --data-dir DIR     where the host's token and certificate are (ONGLASS_DATA_DIR)
  --listen HOST:PORT the host's console, as given to "onglass serve"; --tls, --no-tls likewise`,
  captures: `Usage: onglass captures list [--json]
       onglass captures show ID [--json]
       onglass captures delete ID... [--json]
       onglass captures export ID [--format json|csv] [--out FILE]

Works on the files of the data directory, whether a host is running or not.

  --data-dir DIR   where captures/ lies (ONGLASS_DATA_DIR)
  --format FORMAT  json: the very file; csv: one row a sample
  --out FILE       write there instead of to stdout`,
  encoders: `Usage: onglass encoders [--json] [--encoder auto|x264|nvenc|vaapi|qsv]

Opens the encoder of every codec once and says which of them this machine has.`,
  timeline: `Usage: onglass timeline export [CAPTURE] [--of NAME] [--out FILE]
       onglass timeline import FILE [--resume] [--json]
       onglass timeline replay [FILE] [--of NAME] [--run] [--pacing PACING] [--json]

Works through the running host. Export gives a saved capture's timeline, or the recording that runs
or ran last. Import opens an export to be read, and prints its local id; --resume goes on with it.
Replay shows what would be done; with --run it does the calls again and stops at the first answer
that differs (exit 1).

  --of NAME          capture, manual, or the id of a finished or imported recording
  --out FILE         write there instead of to stdout
  --pacing PACING    original, fixed (one call each --interval-ms, 500) or step (a line on stdin each)
  --data-dir DIR     where the host's token and certificate are (ONGLASS_DATA_DIR)
  --listen HOST:PORT the host's console, as given to "onglass serve"; --tls, --no-tls likewise`,
  openapi: `Usage: onglass openapi

Prints the OpenAPI document of the HTTP API, the same as openapi.json of the project.`,
  version: `Usage: onglass version [--json]

Prints the version.`,
};

/** The help of a command; of onglass itself for "" or a command that has none. */
export function helpText(command: string): string {
  return texts[command] ?? texts[""] ?? "";
}
