/** What the console says of a look at the machine, in both languages. */
import { type DoctorTexts, doctorEnglish } from "../model/doctor.ts";
import { moduleLine, rightsLine } from "../model/input-problem.ts";
import type { Language } from "./language.ts";

export const doctorWordsEnglish = {
  title: "Is this machine ready?",
  about:
    "Checks encoders, sources, sound, input, priority, addresses, first picture and disk. Loads the machine for about six seconds; best done when no one is playing.",
  run: "Check this machine",
  failed: "The check could not be run. See the host’s log for the reason.",
  link: "To measure the link, run “onglass play HOST --check” on the player’s machine.",
  words: { good: "good", fair: "fair", poor: "poor" },
  areas: {
    encoder: "Encoder",
    source: "Source",
    sound: "Sound",
    input: "Input",
    priority: "Priority",
    network: "Network",
    start: "First picture",
    disk: "Disk",
  },
};

export const doctorWordsGerman: typeof doctorWordsEnglish = {
  title: "Ist dieser Rechner bereit?",
  about:
    "Prüft Encoder, Quellen, Ton, Eingabe, Priorität, Adressen, erstes Bild und Datenträger. Belastet den Rechner etwa sechs Sekunden lang; am besten, wenn niemand spielt.",
  run: "Rechner prüfen",
  failed: "Die Prüfung ist fehlgeschlagen. Der Grund steht im Log des Hosts.",
  link: "Die Leitung misst du auf dem Rechner des Players mit „onglass play HOST --check“.",
  words: { good: "gut", fair: "mäßig", poor: "schlecht" },
  areas: {
    encoder: "Encoder",
    source: "Quelle",
    sound: "Ton",
    input: "Eingabe",
    priority: "Priorität",
    network: "Netzwerk",
    start: "Erstes Bild",
    disk: "Datenträger",
  },
};

const doctorGerman: DoctorTexts = {
  encoder_holds: ({ codec, encoder, fps_720, fps_1080 }) =>
    `${codec} mit ${encoder}: ${fps_720} Bilder pro Sekunde bei 1280x720, ${fps_1080} bei 1920x1080`,
  encoder_slow: ({ codec, encoder, fps_720 }) =>
    `${codec} mit ${encoder}: ${fps_720} Bilder pro Sekunde bei 1280x720. Wähle ${fps_720 < 30 ? "" : "30 Bilder pro Sekunde oder "}ein kleineres Bild und prüfe noch einmal, wenn sonst nichts läuft`,
  encoder_missing: ({ codec, detail }) => `${codec}: Kein Encoder lässt sich öffnen (${detail})`,
  source_ready: ({ source }) => `${source} lässt sich streamen`,
  source_problem: ({ source, detail }) => `${source} lässt sich nicht streamen: ${detail}`,
  source_test_only: () =>
    "Von hier ist kein Desktop erreichbar, nur das Testbild. Starte onglass in der Desktop-Sitzung oder mit gesetztem DISPLAY",
  sound_ready: () => "Der Ton des Desktops lässt sich aufnehmen",
  sound_silent: ({ detail }) => `Kein Ton vom Desktop: ${detail}`,
  input_ready: ({ by }) => `Tastatur und Maus der Player kommen über ${by} an`,
  input_by_desktop: () =>
    "Tastatur und Maus gehen über den Desktop; GNOME und sway fragen nicht nach, das Portal schon",
  input_none: () => "Tastatur und Maus der Player haben kein Ziel: Es gibt keinen Desktop",
  devices_ready: () => "Gamepads, Stift und Touch der Player kommen als Geräte an (/dev/uinput)",
  devices_missing: () =>
    `Gamepads, Stift und Touch kommen nicht an: Es gibt kein /dev/uinput. So lädst du es: ${moduleLine}`,
  devices_no_rights: () =>
    `Gamepads, Stift und Touch kommen nicht an: onglass darf /dev/uinput nicht öffnen. So erlaubst du es allen, die am Rechner angemeldet sind: ${rightsLine}`,
  devices_failed: ({ detail }) => `Gamepads, Stift und Touch kommen nicht an: ${detail}`,
  priority_realtime: () => "Die Threads zum Kodieren und Senden haben Echtzeitpriorität",
  priority_nice: ({ command }) =>
    `Nur ein besserer nice-Wert. Damit auf einem ausgelasteten Rechner kein Bild ausfällt: ${command}, dann neu anmelden`,
  priority_none: ({ command }) =>
    `Kein Vorrang vor anderen Programmen: Wenn diese die Kerne brauchen, fallen Bilder aus. ${command}, dann neu anmelden`,
  ports_free: ({ ports }) => `Die Ports ${ports} sind frei`,
  port_taken: ({ port, by }) =>
    `${by}-Port ${port} ist von einem anderen Programm belegt. Beende es oder nimm einen anderen Port (onglass serve --help)`,
  host_runs: ({ pid }) =>
    `onglass läuft hier bereits (Prozess ${pid}); welche Ports es nicht bekam, steht in seinem Log`,
  addresses: ({ list, port }) =>
    `Player erreichen diesen Rechner unter ${list}, Port ${port}, TCP und UDP; eine Firewall dazwischen muss beide durchlassen`,
  native_loopback: ({ host, port }) =>
    `Player auf anderen Rechnern können ${host} nicht erreichen. Nimm eine andere Adresse: --native-listen 0.0.0.0:${port}`,
  addresses_none: () => "Dieser Rechner hat keine Adresse, die ein Player erreichen könnte",
  first_picture: ({ ms }) => `Erstes Bild ${ms} ms nach der Anfrage`,
  first_picture_slow: ({ ms }) =>
    `Erstes Bild erst ${ms} ms nach der Anfrage: Der Rechner ist ausgelastet oder langsam`,
  disk_fast: ({ mb }) => `Ins Datenverzeichnis lässt sich mit ${mb} MB/s schreiben`,
  disk_slow: ({ mb }) =>
    `Ins Datenverzeichnis lässt sich nur mit ${mb} MB/s schreiben. Leg es auf einen anderen Datenträger (--data-dir)`,
  disk_failed: ({ detail }) => `In das Datenverzeichnis lässt sich nicht schreiben: ${detail}`,
};

/** The sentences of findings, by language. */
export const doctorTexts: Readonly<Record<Language, DoctorTexts>> = {
  en: doctorEnglish,
  de: doctorGerman,
};
