/** What the console says of a look at the machine, in both languages. */
import { type DoctorTexts, doctorEnglish } from "../model/doctor.ts";
import { moduleLine, rightsLine } from "../model/input-problem.ts";
import type { Language } from "./language.ts";

export const doctorWordsEnglish = {
  title: "Is this machine ready?",
  about:
    "Encoders, sources, sound, input, priority, addresses, first picture and disk. Takes about six seconds of work; do it while nobody plays.",
  run: "Check this machine",
  failed: "The check could not be run; the log says why.",
  link: "From the player’s machine, “onglass play HOST --check” measures the link.",
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
    "Encoder, Quellen, Ton, Eingabe, Priorität, Adressen, erstes Bild und Platte. Dauert etwa sechs Sekunden unter Last; am besten, wenn niemand spielt.",
  run: "Rechner prüfen",
  failed: "Die Prüfung ist fehlgeschlagen; der Grund steht im Log.",
  link: "Auf dem Rechner des Players misst „onglass play HOST --check“ die Leitung.",
  words: { good: "gut", fair: "mäßig", poor: "schlecht" },
  areas: {
    encoder: "Encoder",
    source: "Quelle",
    sound: "Ton",
    input: "Eingabe",
    priority: "Priorität",
    network: "Netz",
    start: "Erstes Bild",
    disk: "Platte",
  },
};

const doctorGerman: DoctorTexts = {
  encoder_holds: ({ codec, encoder, fps_720, fps_1080 }) =>
    `${codec} mit ${encoder}: ${fps_720} Bilder pro Sekunde bei 1280x720, ${fps_1080} bei 1920x1080`,
  encoder_slow: ({ codec, encoder, fps_720 }) =>
    `${codec} mit ${encoder}: ${fps_720} Bilder pro Sekunde bei 1280x720. Wähle ${fps_720 < 30 ? "" : "30 Bilder pro Sekunde oder "}ein kleineres Bild, und prüfe noch einmal, wenn sonst nichts läuft`,
  encoder_missing: ({ codec, detail }) => `${codec}: kein Encoder lässt sich öffnen (${detail})`,
  source_ready: ({ source }) => `${source} lässt sich streamen`,
  source_problem: ({ source, detail }) => `${source} lässt sich nicht streamen: ${detail}`,
  source_test_only: () =>
    "Von hier ist kein Desktop zu sehen, nur das Testbild. Starte onglass in der Sitzung des Desktops oder mit gesetztem DISPLAY",
  sound_ready: () => "Der Ton des Desktops ist zu hören",
  sound_silent: ({ detail }) => `Kein Ton eines Desktops: ${detail}`,
  input_ready: ({ by }) => `Tastatur und Maus der Player kommen über ${by} an`,
  input_by_desktop: () =>
    "Tastatur und Maus gehen über den Desktop; GNOME und sway fragen nicht nach, das Portal schon",
  input_none: () => "Tastatur und Maus der Player kommen nirgends an: Es gibt keinen Desktop",
  devices_ready: () => "Pads, Stift und Touch der Player kommen als Geräte an (/dev/uinput)",
  devices_missing: () =>
    `Pads, Stift und Touch kommen nicht an: Es gibt kein /dev/uinput. So lädst du es: ${moduleLine}`,
  devices_no_rights: () =>
    `Pads, Stift und Touch kommen nicht an: onglass darf /dev/uinput nicht öffnen. So erlaubst du es allen, die am Rechner angemeldet sind: ${rightsLine}`,
  devices_failed: ({ detail }) => `Pads, Stift und Touch kommen nicht an: ${detail}`,
  priority_realtime: () => "Die Threads, die kodieren und senden, dürfen zuerst laufen",
  priority_nice: () =>
    'Nur ein besserer nice-Wert. Damit auf einem ausgelasteten Rechner kein Bild ausfällt: echo "$USER - rtprio 10" | sudo tee /etc/security/limits.d/onglass.conf, dann neu anmelden',
  priority_none: () =>
    'Kein Vorrang vor anderen Programmen: Bilder fallen aus, wenn diese die Kerne brauchen. echo "$USER - rtprio 10" | sudo tee /etc/security/limits.d/onglass.conf, dann neu anmelden',
  ports_free: ({ ports }) => `Die Ports ${ports} sind frei`,
  port_taken: ({ port, by }) =>
    `${by}-Port ${port} ist von einem anderen Programm belegt. Beende es oder nimm einen anderen Port (onglass serve --help)`,
  host_runs: ({ pid }) =>
    `onglass läuft hier bereits (Prozess ${pid}); welche Ports es nicht bekam, steht in seinem Log`,
  addresses: ({ list, port }) =>
    `Player erreichen diesen Rechner unter ${list}, Port ${port}, TCP und UDP; eine Firewall dazwischen muss beide durchlassen`,
  native_loopback: ({ host }) =>
    `Player auf anderen Rechnern erreichen ${host} nicht. Nimm eine andere Adresse: --native-listen 0.0.0.0:7781`,
  addresses_none: () => "Dieser Rechner hat keine Adresse, die ein Player erreichen könnte",
  first_picture: ({ ms }) => `Erstes Bild ${ms} ms nach der Anfrage`,
  first_picture_slow: ({ ms }) =>
    `Erstes Bild erst ${ms} ms nach der Anfrage: Der Rechner ist ausgelastet oder langsam`,
  disk_fast: ({ mb }) => `Das Datenverzeichnis nimmt ${mb} MB pro Sekunde an`,
  disk_slow: ({ mb }) =>
    `Das Datenverzeichnis nimmt nur ${mb} MB pro Sekunde an. Lege es auf eine andere Platte (--data-dir)`,
  disk_failed: ({ detail }) => `In das Datenverzeichnis lässt sich nicht schreiben: ${detail}`,
};

/** The sentences of findings, by language. */
export const doctorTexts: Readonly<Record<Language, DoctorTexts>> = {
  en: doctorEnglish,
  de: doctorGerman,
};
