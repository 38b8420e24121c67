/** What the Archive page says, in both languages. */
import { type ArchiveProblem, archiveProblems } from "../model/archive.ts";

const problemsEnglish: Readonly<Record<ArchiveProblem, string>> = archiveProblems;
const problemsGerman: typeof problemsEnglish = {
  not_a_store: "der Speicher antwortet nicht wie ein S3-Speicher",
  forgetful: "der Speicher behält nicht, was ihm gesendet wird",
  too_slow: "der Speicher antwortet nicht rechtzeitig",
  redirected:
    "der Speicher leitet an eine andere Adresse weiter, und onglass folgt nicht; Endpunkt oder Region prüfen",
  access_refused: "der Speicher verweigert den Zugriff",
  disk_full: "der Datenträger ist voll",
  file_in_the_way: "wo ein Verzeichnis sein sollte, liegt eine Datei",
  not_writable: "in das Verzeichnis darf nicht geschrieben werden",
  other_place:
    "das Verzeichnis ist verschwunden oder liegt auf einem anderen Datenträger als zuvor: Ist es eingehängt?",
  key_unknown: "der Speicher kennt die Zugriffskennung nicht",
  key_malformed: "der Speicher kann die Zugriffskennung oder die Region nicht lesen",
  no_bucket: "diesen Bucket gibt es nicht",
  clock_wrong: "die Uhr dieses Rechners geht falsch",
  secret_wrong: "der geheime Schlüssel ist falsch",
  session_refused: "das Sitzungstoken ist abgelaufen, oder der Speicher kennt es nicht",
  region_wrong: "der Speicher liegt in einer anderen Region als der angegebenen",
  store_full: "der Speicher ist voll",
  too_large: "was das Archiv dort enthält, ist zu groß",
  unreachable: "der Speicher ist nicht erreichbar",
  no_keys: "es gibt keine Schlüssel für ihn",
  unusable: "der Speicher lässt sich nicht benutzen",
};

export const archiveEnglish = {
  open: "Archive",
  title: "Archive",
  intro: "Captures from this and other hosts, in one place. Opening one copies it to this host.",
  off: "This host has no archive. Start it with --archive and a directory or s3://bucket/prefix.",
  asking: (target: string) => `Waiting for the list from ${target}…`,
  none: "The archive has no captures yet.",
  when: "Started",
  host: "Host",
  mode: "Mode",
  client: "Player",
  verdict: "Verdict",
  actions: "Actions",
  copy: "Open",
  allHosts: "All hosts",
  filter: "Show",
  sentTo: (target: string) => `Captures from this host are sent to ${target}.`,
  waiting: (count: string) => `Waiting to be sent: ${count}.`,
  problem: (problem: string) => `The last attempt failed: ${problem}. It will be retried.`,
  shown: (shown: string, all: string) => `${shown} of ${all} captures`,
  problems: problemsEnglish,
  answers: (code: string) => `the store answers ${code}`,
};

export const archiveGerman: typeof archiveEnglish = {
  open: "Archiv",
  title: "Archiv",
  intro:
    "Aufzeichnungen dieses Hosts und anderer an einem Ort. Beim Öffnen wird eine auf diesen Host kopiert.",
  off: "Dieser Host hat kein Archiv. Starte ihn mit --archive und einem Verzeichnis oder s3://bucket/prefix.",
  asking: (target: string) => `Warte auf die Liste von ${target}…`,
  none: "Im Archiv sind noch keine Aufzeichnungen.",
  when: "Begonnen",
  host: "Host",
  mode: "Modus",
  client: "Player",
  verdict: "Befund",
  actions: "Aktionen",
  copy: "Öffnen",
  allHosts: "Alle Hosts",
  filter: "Anzeigen",
  sentTo: (target: string) => `Aufzeichnungen dieses Hosts werden an ${target} gesendet.`,
  waiting: (count: string) => `Noch zu senden: ${count}.`,
  problem: (problem: string) =>
    `Der letzte Versuch ist gescheitert: ${problem}. Er wird wiederholt.`,
  shown: (shown: string, all: string) => `${shown} von ${all} Aufzeichnungen`,
  problems: problemsGerman,
  answers: (code: string) => `der Speicher antwortet mit ${code}`,
};
