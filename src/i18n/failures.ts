/**
 * What a person reads when something does not work, by the failure's code, with the values that it
 * carries. A code without a text in one of the languages does not compile.
 */
import type { FailureCode, FailureValueName } from "../base/failure-codes.ts";
import type { Language } from "./language.ts";

/** One language; values come written as the reader writes them. */
export type FailureTexts = {
  readonly [Code in FailureCode]: (
    values: Readonly<Record<FailureValueName<Code>, string>>,
  ) => string;
};

const english: FailureTexts = {
  capture_not_saved: ({ disk }) =>
    `The capture could not be saved: ${disk}. It is still in memory: fix the problem, then retry saving.`,
  recording_not_saved: ({ disk }) => `Saving failed: ${disk}.`,
  recording_not_deleted: ({ disk }) => `Deleting failed: ${disk}.`,
  capture_held: ({ disk }) =>
    `The last capture has not been saved yet: ${disk}. It is still in memory: fix the problem, then retry saving.`,
  capture_damaged: ({ id }) => `The file of capture “${id}” is damaged. It was moved aside.`,
  nothing_kept: () => "The history has no data from that time.",
  no_frames: () => "No single frames are saved with this capture.",
  frames_damaged: ({ id }) => `The single frames of capture “${id}” are damaged.`,
  timeline_damaged: ({ id }) => `The timeline of capture “${id}” is damaged.`,
  settings_not_saved: ({ disk }) =>
    `The settings could not be saved: ${disk}. Previous settings stay in effect.`,
  invalid_mode: ({ sizes, rates }) =>
    `Mode not supported: width and height must be even and within ${sizes}, the frame rate within ${rates} fps.`,
  invalid_bitrate: ({ least, most }) =>
    `Bitrate not supported: it must be a whole number from ${least} to ${most} kbit/s.`,
  invalid_preset: ({ preset }) => `The encoder has no preset “${preset}”.`,
  mode_too_large: ({ mode, encoder, largest }) =>
    `This host cannot encode ${mode} with ${encoder} fast enough. Its limit is ${largest}.`,
  too_many: ({ most }) => `Too many streams: ${most} are running. Stop one first.`,
  storage_unreadable: () =>
    "The host cannot read its captures. Its log has the directory and the reason.",
  stream_failed: () => "The stream could not be started.",
  native_failed: () => "The native protocol has failed on this host. Restart the host.",
  gamestream_failed: () => "GameStream has failed on this host. Restart the host.",
  gamestream_off: () => "GameStream is off on this host.",
  not_recording: () => "Nothing is recording.",
  not_found: () => "This page does not exist, or its content was deleted.",
  method_not_allowed: () => "Method not allowed.",
  read_only: () => "This token is read-only. Use an operator token.",
  name_taken: ({ name }) => `There is already a token named “${name}”.`,
  too_many_tokens: ({ most }) => `There are already ${most} tokens. Revoke one first.`,
  links_not_saved: ({ disk }) => `The links could not be saved: ${disk}.`,
  tokens_not_saved: ({ disk }) => `The tokens could not be saved: ${disk}.`,
  cross_origin: () => "The form was sent from another address. Go back and submit it again.",
  malformed: () => "The request is malformed. Go back and try again.",
  too_large: () => "The request is too large.",
  range_not_satisfiable: () => "The requested range is outside the file.",
  uri_too_long: () => "The address is too long.",
  length_required: () => "The request has no length.",
  unsupported_media_type: () => "Unsupported content type.",
  wrong_host: ({ host }) =>
    `“${host}” is not a name of this host. Its operator can add it with --allow-host.`,
  internal: () => "Internal error. See the host’s log.",
  too_busy: () => "Too much is being worked out already. Try again in a moment.",
  too_many_listeners: () => "Too many clients are already receiving events from this host.",
  unauthorized: () => "Please sign in first.",
  already_recording: () => "A recording is already running.",
  not_stepping: () => "No replay is waiting for its next step.",
  replay_running: () => "Another replay is running.",
  experiment_running: () => "Another experiment is running.",
  import_running: () => "Another file is being imported. Try again when it is done.",
  history_off: () => "The history is off. Turn it on in the settings first.",
  nobody_plays: () => "No one is playing.",
  import_refused: () => "This file cannot be imported.",
  recording_refused: () =>
    "This file cannot be imported. Supported: MangoHud, PresentMon, CapFrameX and WiVRn timings.",
  invalid_pin: () => "A PIN is 4 to 8 digits.",
  out_of_range: () => "A value is out of range.",
  host_stopping: () => "The host is stopping.",
  no_certificate: () => "The certificate is missing.",
  not_paired: () => "This player is not paired with the host.",
  pairing_refused: () => "The host refused to pair.",
  too_many_sessions: () => "The host has reached its session limit.",
  version_unsupported: () => "Player and host speak different versions of the protocol.",
  addon_cache: () => "FFmpeg could not be unpacked into the cache directory.",
  console_address: () => "The console cannot listen on its address.",
  data_dir: () => "The data directory cannot be used.",
  data_dir_locked: () => "Another host is using the data directory.",
  ffmpeg: () => "FFmpeg reported an error.",
  archive_off: () => "This host has no archive. Start it with --archive.",
  archive_failed: ({ problem }) => `The archive cannot be used: ${problem}.`,
  archive_keys: () => "The keys for the archive cannot be used.",
  hosts_file: () => "A host or token file cannot be used.",
  host_changed: () => "The host’s certificate has changed.",
  host_refused: () => "The host refused the request.",
  host_unreachable: () => "The host cannot be reached.",
  identity_damaged: () => "The host’s certificate is damaged.",
  invalid_port: () => "That port cannot be used.",
  known_host_damaged: () => "The record of a paired host is damaged.",
  no_decoder: () => "There is no decoder for this video.",
  no_display: () => "The X display cannot be opened.",
  no_encoder: () => "No encoder could be opened.",
  no_picture: () => "The source has no video.",
  no_sound: () => "The sound cannot be played.",
  no_token: () => "The host’s access token cannot be read.",
  of_another_layer: () => "This counter path belongs to another layer.",
  output_failed: () => "The output cannot be written.",
  pairing_failed: () => "Pairing failed.",
  port_taken: () => "The port is taken.",
  source_lost: () => "The source stopped delivering frames.",
  source_refused: () => "Access was denied on the desktop.",
  source_unavailable: () => "The source cannot be opened.",
  tls_files: () => "The certificate and key of the console cannot be used.",
  token_damaged: () => "The token file is damaged.",
  token_refused: () => "The host does not accept the token.",
  unknown_source: () => "Unknown kind of source.",
  usage: () => "Invalid command line.",
};

const german: FailureTexts = {
  capture_not_saved: ({ disk }) =>
    `Die Aufzeichnung konnte nicht gespeichert werden: ${disk}. Sie ist noch im Arbeitsspeicher. Behebe den Fehler und speichere noch einmal.`,
  recording_not_saved: ({ disk }) => `Das Speichern ist fehlgeschlagen: ${disk}.`,
  recording_not_deleted: ({ disk }) => `Das Löschen ist fehlgeschlagen: ${disk}.`,
  capture_held: ({ disk }) =>
    `Die letzte Aufzeichnung ist noch nicht gespeichert: ${disk}. Sie ist noch im Arbeitsspeicher. Behebe den Fehler und speichere noch einmal.`,
  capture_damaged: ({ id }) =>
    `Die Datei der Aufzeichnung „${id}“ ist beschädigt. Sie wurde beiseitegelegt.`,
  nothing_kept: () => "Der Verlauf hat keine Daten aus dieser Zeit.",
  no_frames: () => "Zu dieser Aufzeichnung sind keine einzelnen Bilder gespeichert.",
  frames_damaged: ({ id }) => `Die einzelnen Bilder der Aufzeichnung „${id}“ sind beschädigt.`,
  timeline_damaged: ({ id }) => `Die Zeitleiste der Aufzeichnung „${id}“ ist beschädigt.`,
  settings_not_saved: ({ disk }) =>
    `Die Einstellungen konnten nicht gespeichert werden: ${disk}. Es gelten weiter die bisherigen.`,
  invalid_mode: ({ sizes, rates }) =>
    `Modus nicht möglich: Breite und Höhe müssen gerade sein und in ${sizes} liegen, die Bildrate in ${rates} fps.`,
  invalid_bitrate: ({ least, most }) =>
    `Bitrate nicht möglich: Sie muss eine ganze Zahl von ${least} bis ${most} kbit/s sein.`,
  invalid_preset: ({ preset }) => `Der Encoder kennt das Preset „${preset}“ nicht.`,
  mode_too_large: ({ mode, encoder, largest }) =>
    `Dieser Host kann ${mode} mit ${encoder} nicht schnell genug kodieren. Er schafft höchstens ${largest}.`,
  too_many: ({ most }) => `Zu viele Streams: ${most} laufen schon. Beende zuerst einen davon.`,
  storage_unreadable: () =>
    "Der Host kann seine Aufzeichnungen nicht lesen. Verzeichnis und Grund stehen in seinem Log.",
  stream_failed: () => "Der Stream konnte nicht gestartet werden.",
  native_failed: () => "Das native Protokoll ist auf diesem Host ausgefallen. Starte den Host neu.",
  gamestream_failed: () => "GameStream ist auf diesem Host ausgefallen. Starte den Host neu.",
  gamestream_off: () => "GameStream ist auf diesem Host ausgeschaltet.",
  not_recording: () => "Es wird nichts aufgezeichnet.",
  not_found: () => "Diese Seite gibt es nicht, oder ihr Inhalt wurde gelöscht.",
  method_not_allowed: () => "Methode nicht erlaubt.",
  read_only: () => "Dieses Token darf nur lesen. Nimm ein Token mit allen Rechten.",
  name_taken: ({ name }) => `Es gibt schon ein Token mit dem Namen „${name}“.`,
  too_many_tokens: ({ most }) => `Es gibt schon ${most} Tokens. Widerruf zuerst eines.`,
  links_not_saved: ({ disk }) => `Die Links konnten nicht gespeichert werden: ${disk}.`,
  tokens_not_saved: ({ disk }) => `Die Tokens konnten nicht gespeichert werden: ${disk}.`,
  cross_origin: () =>
    "Das Formular kam von einer anderen Adresse. Geh zurück und sende es noch einmal.",
  malformed: () => "Die Anfrage ist fehlerhaft. Geh zurück und versuch es noch einmal.",
  too_large: () => "Die Anfrage ist zu groß.",
  range_not_satisfiable: () => "Der angeforderte Bereich liegt außerhalb der Datei.",
  uri_too_long: () => "Die Adresse ist zu lang.",
  length_required: () => "Die Anfrage hat keine Längenangabe.",
  unsupported_media_type: () => "Nicht unterstützter Inhaltstyp.",
  wrong_host: ({ host }) =>
    `„${host}“ ist kein Name dieses Hosts. Wer ihn betreibt, kann ihn mit --allow-host hinzufügen.`,
  internal: () => "Interner Fehler. Näheres steht im Log des Hosts.",
  too_busy: () => "Es wird schon zu viel ausgewertet. Versuch es gleich noch einmal.",
  too_many_listeners: () => "Zu viele Clients empfangen schon Ereignisse von diesem Host.",
  unauthorized: () => "Bitte melde dich zuerst an.",
  already_recording: () => "Es läuft bereits eine Aufzeichnung.",
  not_stepping: () => "Keine Wiederholung wartet auf ihren nächsten Schritt.",
  replay_running: () => "Es läuft bereits eine andere Wiederholung.",
  experiment_running: () => "Es läuft bereits ein anderes Experiment.",
  import_running: () => "Gerade wird eine andere Datei importiert. Versuch es danach noch einmal.",
  history_off: () => "Der Verlauf ist ausgeschaltet. Schalte ihn zuerst in den Einstellungen ein.",
  nobody_plays: () => "Niemand spielt.",
  import_refused: () => "Diese Datei lässt sich nicht importieren.",
  recording_refused: () =>
    "Diese Datei lässt sich nicht importieren. Möglich sind MangoHud, PresentMon, CapFrameX und WiVRn-Zeiten.",
  invalid_pin: () => "Eine PIN hat 4 bis 8 Ziffern.",
  out_of_range: () => "Ein Wert liegt außerhalb seines Bereichs.",
  host_stopping: () => "Der Host wird beendet.",
  no_certificate: () => "Das Zertifikat fehlt.",
  not_paired: () => "Dieser Player ist nicht mit dem Host gekoppelt.",
  pairing_refused: () => "Der Host hat die Kopplung abgelehnt.",
  too_many_sessions: () => "Der Host hat die Höchstzahl an Sitzungen erreicht.",
  version_unsupported: () => "Player und Host sprechen verschiedene Versionen des Protokolls.",
  addon_cache: () => "FFmpeg ließ sich nicht in das Cache-Verzeichnis entpacken.",
  console_address: () => "Die Konsole kann ihre Adresse nicht öffnen.",
  data_dir: () => "Das Datenverzeichnis lässt sich nicht verwenden.",
  data_dir_locked: () => "Ein anderer Host verwendet das Datenverzeichnis.",
  ffmpeg: () => "FFmpeg hat einen Fehler gemeldet.",
  archive_off: () => "Dieser Host hat kein Archiv. Starte ihn mit --archive.",
  archive_failed: ({ problem }) => `Das Archiv ist nicht nutzbar: ${problem}.`,
  archive_keys: () => "Die Schlüssel für das Archiv sind nicht brauchbar.",
  hosts_file: () => "Eine Datei mit Hosts oder Tokens ist nicht brauchbar.",
  host_changed: () => "Das Zertifikat des Hosts hat sich geändert.",
  host_refused: () => "Der Host hat die Anfrage abgelehnt.",
  host_unreachable: () => "Der Host ist nicht erreichbar.",
  identity_damaged: () => "Das Zertifikat des Hosts ist beschädigt.",
  invalid_port: () => "Dieser Port lässt sich nicht verwenden.",
  known_host_damaged: () => "Der Eintrag eines gekoppelten Hosts ist beschädigt.",
  no_decoder: () => "Für dieses Video gibt es keinen Decoder.",
  no_display: () => "Das X-Display lässt sich nicht öffnen.",
  no_encoder: () => "Es ließ sich kein Encoder öffnen.",
  no_picture: () => "Die Quelle enthält kein Video.",
  no_sound: () => "Der Ton lässt sich nicht abspielen.",
  no_token: () => "Das Zugangstoken des Hosts ist nicht lesbar.",
  of_another_layer: () => "Dieser Zählerpfad gehört zu einer anderen Ebene.",
  output_failed: () => "Die Ausgabe lässt sich nicht schreiben.",
  pairing_failed: () => "Die Kopplung ist fehlgeschlagen.",
  port_taken: () => "Der Port ist belegt.",
  source_lost: () => "Die Quelle liefert keine Bilder mehr.",
  source_refused: () => "Der Zugriff wurde am Desktop abgelehnt.",
  source_unavailable: () => "Die Quelle lässt sich nicht öffnen.",
  tls_files: () => "Zertifikat und Schlüssel der Konsole sind nicht brauchbar.",
  token_damaged: () => "Die Token-Datei ist beschädigt.",
  token_refused: () => "Der Host akzeptiert das Token nicht.",
  unknown_source: () => "Unbekannte Art von Quelle.",
  usage: () => "Ungültige Befehlszeile.",
};

export const failureTexts: Readonly<Record<Language, FailureTexts>> = { en: english, de: german };

export const failuresEnglish = {
  /** Of a code without the values that its text needs. */
  other: "The host refused the request.",
  disk: {
    full: "the disk is full",
    silent: "the disk does not answer",
    quota: "the disk quota is used up",
    readOnly: "the disk is read-only",
    forbidden: "the directory is not writable",
    tooLarge: "the file would be larger than allowed",
    gone: "its directory is gone",
    broken: "the disk failed",
    refused: "the disk refused the write",
  },
  diskSays: (code: string) => `the system reports ${code}`,
  or: "or",
};

export const failuresGerman: typeof failuresEnglish = {
  other: "Der Host hat die Anfrage abgelehnt.",
  disk: {
    full: "Der Datenträger ist voll",
    silent: "Der Datenträger antwortet nicht",
    quota: "Das Kontingent auf dem Datenträger ist aufgebraucht",
    readOnly: "Der Datenträger ist schreibgeschützt",
    forbidden: "Das Verzeichnis ist nicht beschreibbar",
    tooLarge: "Die Datei wäre größer als erlaubt",
    gone: "Das Verzeichnis ist nicht mehr da",
    broken: "Der Datenträger ist ausgefallen",
    refused: "Der Datenträger hat das Schreiben abgelehnt",
  },
  diskSays: (code) => `Das System meldet ${code}`,
  or: "oder",
};

export const problemEnglish = {
  missing: "Not found",
  missingText: "This page does not exist, or its content was deleted.",
  failed: "Something went wrong",
  home: "Show captures",
};

export const problemGerman: typeof problemEnglish = {
  missing: "Nicht gefunden",
  missingText: "Diese Seite gibt es nicht, oder ihr Inhalt wurde gelöscht.",
  failed: "Das hat nicht funktioniert",
  home: "Zu den Aufzeichnungen",
};
