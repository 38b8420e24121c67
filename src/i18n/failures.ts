/**
 * What a person is told when something does not work, by the failure's code, with the values that it
 * carries. A code that is missing here is told in general words, with what the host says of it.
 */
export const failuresEnglish = {
  texts: {
    capture_not_saved: (disk: string) =>
      `The capture could not be saved: ${disk}. It is kept, nothing is lost: put that right, then try to save it again.`,
    capture_held: (disk: string) =>
      `Nothing can be recorded before the last capture is saved: ${disk}. It is kept: put that right, then try to save it again.`,
    capture_damaged: (id: string) =>
      `The file of recording “${id}” is damaged. It was set aside, its bytes are still there.`,
    timeline_damaged: (id: string) => `The timeline of recording “${id}” is damaged.`,
    settings_not_saved: (disk: string) =>
      `The settings could not be saved: ${disk}. The old ones hold.`,
    invalid_mode: (sizes: string, rates: string) =>
      `That mode does not work: sides are even and within ${sizes}, the rate is within ${rates} frames a second.`,
    invalid_bitrate: (least: string, most: string) =>
      `That bitrate does not work: it is a whole number from ${least} to ${most} kbit/s.`,
    invalid_preset: (preset: string) => `The encoder has no preset “${preset}”.`,
    mode_too_large: (mode: string, encoder: string, largest: string) =>
      `This host cannot encode ${mode} with ${encoder} fast enough. It holds at most ${largest}.`,
    too_many: (most: string) =>
      `No more streams can be started: ${most} are running. End one first.`,
    storage_unreadable: "The host cannot read its recordings. Its log says which folder and why.",
    stream_failed: "The stream could not be started.",
    native_failed: "The native path of this host has failed. Restart the host.",
    gamestream_failed: "The GameStream path of this host has failed. Restart the host.",
    gamestream_off: "GameStream is switched off on this host.",
    not_recording: "Nothing is being recorded.",
    not_found: "There is no such page, or what it showed was deleted.",
    method_not_allowed: "This address takes no such request. Go back to where you were.",
    cross_origin: "The form came from another address. Go back and send it from there.",
    malformed: "The request cannot be read. Go back and try again.",
    too_large: "What was sent is larger than this host takes.",
    uri_too_long: "The address is longer than this host takes.",
    length_required: "The request does not say how long it is.",
    unsupported_media_type: "What was sent is in a form that this host does not take.",
    wrong_host: (host: string) =>
      `“${host}” is not a name of this host. Its operator can add it with --allow-host.`,
    internal: "Something failed inside the host. Its log says what.",
  },
  /** Of a code that is not among them. */
  other: "The host refused it.",
  disk: {
    full: "the disk is full",
    quota: "the disk quota is used up",
    readOnly: "the disk is read-only",
    forbidden: "the directory may not be written to",
    tooLarge: "the file would be larger than allowed",
    broken: "the disk failed",
    refused: "the disk refused it",
  },
  diskSays: (code: string) => `the system says ${code}`,
  or: "or",
};

export const failuresGerman: typeof failuresEnglish = {
  texts: {
    capture_not_saved: (disk) =>
      `Die Aufzeichnung konnte nicht gespeichert werden: ${disk}. Sie bleibt erhalten, nichts geht verloren: Behebe das und speichere dann noch einmal.`,
    capture_held: (disk) =>
      `Erst muss die letzte Aufzeichnung gespeichert werden: ${disk}. Sie bleibt erhalten: Behebe das und speichere dann noch einmal.`,
    capture_damaged: (id) =>
      `Die Datei der Aufzeichnung „${id}“ ist beschädigt. Sie wurde beiseitegelegt, ihre Bytes sind noch da.`,
    timeline_damaged: (id) => `Die Zeitleiste der Aufzeichnung „${id}“ ist beschädigt.`,
    settings_not_saved: (disk) =>
      `Die Einstellungen konnten nicht gespeichert werden: ${disk}. Es gelten die alten.`,
    invalid_mode: (sizes, rates) =>
      `Dieser Modus geht nicht: Seiten sind gerade und liegen in ${sizes}, die Bildrate in ${rates}.`,
    invalid_bitrate: (least, most) =>
      `Diese Bitrate geht nicht: Sie ist eine ganze Zahl von ${least} bis ${most} kbit/s.`,
    invalid_preset: (preset) => `Der Encoder kennt das Preset „${preset}“ nicht.`,
    mode_too_large: (mode, encoder, largest) =>
      `Dieser Host kann ${mode} mit ${encoder} nicht schnell genug encodieren. Er schafft höchstens ${largest}.`,
    too_many: (most) =>
      `Mehr Streams gehen nicht: ${most} laufen schon. Beende zuerst einen davon.`,
    storage_unreadable:
      "Der Host kann seine Aufzeichnungen nicht lesen. In seinem Log steht, welcher Ordner es ist und warum.",
    stream_failed: "Der Stream konnte nicht gestartet werden.",
    native_failed: "Der native Pfad dieses Hosts ist ausgefallen. Starte den Host neu.",
    gamestream_failed: "GameStream ist auf diesem Host ausgefallen. Starte den Host neu.",
    gamestream_off: "GameStream ist auf diesem Host abgeschaltet.",
    not_recording: "Es wird nichts aufgezeichnet.",
    not_found: "Diese Seite gibt es nicht, oder was sie zeigte, wurde gelöscht.",
    method_not_allowed:
      "Diese Adresse nimmt eine solche Anfrage nicht an. Geh dahin zurück, wo du warst.",
    cross_origin: "Das Formular kam von einer anderen Adresse. Geh zurück und sende es von dort.",
    malformed: "Die Anfrage ist nicht lesbar. Geh zurück und versuche es noch einmal.",
    too_large: "Was gesendet wurde, ist größer, als dieser Host annimmt.",
    uri_too_long: "Die Adresse ist länger, als dieser Host annimmt.",
    length_required: "Die Anfrage sagt nicht, wie lang sie ist.",
    unsupported_media_type: "Was gesendet wurde, hat eine Form, die dieser Host nicht annimmt.",
    wrong_host: (host) =>
      `„${host}“ ist kein Name dieses Hosts. Wer ihn betreibt, kann ihn mit --allow-host hinzufügen.`,
    internal: "Im Host ist ein Fehler aufgetreten. Näheres steht in seinem Log.",
  },
  other: "Der Host hat das abgelehnt.",
  disk: {
    full: "Der Datenträger ist voll",
    quota: "Das Kontingent auf dem Datenträger ist aufgebraucht",
    readOnly: "Der Datenträger ist schreibgeschützt",
    forbidden: "In das Verzeichnis darf nicht geschrieben werden",
    tooLarge: "Die Datei wäre größer als erlaubt",
    broken: "Der Datenträger ist ausgefallen",
    refused: "Der Datenträger hat es abgelehnt",
  },
  diskSays: (code) => `Das System meldet ${code}`,
  or: "oder",
};

export const problemEnglish = {
  missing: "Not found",
  missingText: "There is no such page, or what it showed was deleted.",
  failed: "That did not work",
  home: "To the recordings",
};

export const problemGerman: typeof problemEnglish = {
  missing: "Nicht gefunden",
  missingText: "Diese Seite gibt es nicht, oder was sie zeigte, wurde gelöscht.",
  failed: "Das hat nicht geklappt",
  home: "Zu den Aufzeichnungen",
};
