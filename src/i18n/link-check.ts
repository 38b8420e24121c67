/** What the console says of the link to a browser, in both languages. */
import { type LinkAdviceTexts, linkAdviceEnglish } from "../model/link-check.ts";
import type { Language } from "./language.ts";

export const linkCheckEnglish = {
  title: "How much can the link to this browser carry?",
  about:
    "The host sends random data at 4, 12, 36 and 100 Mbit/s for two seconds each until a rate does not get through, then once more at half of what did. If someone is playing, the test competes with their stream.",
  run: "Measure this link",
  asking: "Testing {mbps} Mbit/s…",
  failed: "The link could not be measured: the host refused, or the connection broke.",
  carries: "Carries",
  atLeast: (bitrate: string) => `at least ${bitrate}`,
  jitter: "Jitter at half of that",
  rtt: "Round trip at half of that",
  loss: "Loss",
  noLoss: "not measured: data lost on the way to a browser is sent again and arrives late",
};

export const linkCheckGerman: typeof linkCheckEnglish = {
  title: "Was trägt die Leitung zu diesem Browser?",
  about:
    "Der Host sendet je zwei Sekunden lang Zufallsdaten mit 4, 12, 36 und 100 Mbit/s, bis eine Stufe nicht durchkommt, dann noch einmal mit der Hälfte dessen, was durchkam. Wenn gerade jemand spielt, teilt sich sein Stream so lange die Leitung mit der Messung.",
  run: "Leitung messen",
  asking: "Messe mit {mbps} Mbit/s…",
  failed: "Die Leitung ließ sich nicht messen: Der Host lehnte ab, oder die Verbindung brach ab.",
  carries: "Trägt",
  atLeast: (bitrate) => `mindestens ${bitrate}`,
  jitter: "Jitter bei der Hälfte",
  rtt: "Umlaufzeit bei der Hälfte",
  loss: "Verlust",
  noLoss:
    "nicht gemessen: Was auf dem Weg zum Browser verloren geht, wird noch einmal gesendet und kommt spät an",
};

const linkAdviceGerman: LinkAdviceTexts = {
  set_bitrate: ({ mbps, size, fps }, number) =>
    `Stelle die Bitrate auf ${number(mbps)} Mbit/s; das reicht für ${size} mit ${fps} Bildern pro Sekunde`,
  set_parity: ({ percent }) =>
    `Stelle die Fehlerkorrektur auf mindestens ${percent} %: Pakete gehen schon bei halb ausgelasteter Leitung verloren`,
  frames_uneven: () =>
    "Bilder kommen ungleichmäßig an: Der Host ist ausgelastet (dort „onglass doctor“ ausführen) oder die Verbindung läuft über Funk (Kabel oder das 5-GHz-Band nehmen)",
  way_long: () =>
    "Die Umlaufzeit ist lang: Das Bild folgt deinen Eingaben bei jeder Einstellung spät",
};

/** The sentences of advice, by language. */
export const linkAdviceTexts: Readonly<Record<Language, LinkAdviceTexts>> = {
  en: linkAdviceEnglish,
  de: linkAdviceGerman,
};
