## The frame

skip = Zum Inhalt
nav = Seiten
sign-in = Anmelden
sign-in-operator = Als Betreiber anmelden
sign-out = Überall abmelden
go-home = Zum Anfang
save = Speichern
saved = Es ist gespeichert.
not-taken = Das wird nicht angenommen:
older = Ältere
newer = Neuere
footer = Ein Datensatz je Person. Wer ihn liest und warum, wird festgehalten.
nav-reference = Die HTTP-Schnittstelle
moment = { $day }. { $month } { $year }, { $time } UTC
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember
nav-profile = Mein Profil
nav-permissions = Was ich erlaube
nav-readers = Wer meine Daten las
nav-notices = Mitteilungen
nav-logins = Meine Anmeldungen
nav-export = Mitnehmen
nav-delete = Alles löschen
nav-requests = Anfragen
nav-people = Personen
nav-flows = Abläufe
nav-rejected = Abgelehnte Ereignisse
nav-tenant = Mein Mandant

## Signing in and out

front-title = Ihre Daten an einem Ort
front-lead = Sehen Sie, was über Sie gespeichert ist, wer es las und warum, und entscheiden Sie, was damit geschehen darf.
front-people = Meine eigenen Daten
front-people-text = Ihr Profil, was Sie wem erlauben, und wer was von Ihnen las.
front-operators = Den Betrieb führen
front-operators-text = Anfragen von Partnern, wie es dem Haus geht, und was Ihr Mandant festgelegt hat.
signed-out-title = Sie sind abgemeldet
signed-out-text = Diese Sitzung ist beendet, auf jedem Gerät, das sie teilte. Die Anmeldung selbst kennt Sie auf diesem vielleicht noch.
signed-out-on = Auch die Anmeldung soll mich vergessen

## What can go wrong

failure-sign-in = Bitte melden Sie sich an
failure-sign-in-advice = Melden Sie sich an, um diese Seite zu sehen.
failure-not-found = Diese Seite gibt es nicht
failure-not-found-advice = Vielleicht wurde sie verschoben, oder das, worum es ging, ist nicht mehr da.
failure-forbidden = Das ist nicht für Sie bestimmt
failure-forbidden-advice = Sie sind angemeldet, aber nicht mit den Rechten, die diese Seite braucht.
failure-forged = Dieses Formular gilt nicht mehr
failure-forged-advice = Es gehörte zu einer anderen Sitzung oder kam von einer anderen Seite. Nichts wurde ausgeführt. Öffnen Sie die Seite neu und senden Sie es noch einmal.
failure-bad-request = Das lässt sich nicht verstehen
failure-bad-request-advice = Etwas in der Adresse oder im Formular ist nicht so, wie diese Seite es annimmt.
failure-not-this-sign-in = Sie sind nicht angemeldet
failure-not-this-sign-in-advice = Die Anmeldung wurde anderswo begonnen, dauerte zu lange oder wurde abgebrochen. Beginnen Sie von vorn.
failure-refused = Das wurde nicht ausgeführt
failure-refused-advice = Der Datensatz nimmt es so nicht an. Der Grund:
failure-unavailable = Das geht im Augenblick nicht
failure-unavailable-advice = Nichts ist verloren. Versuchen Sie es in einer Minute noch einmal.

## Overview

overview-title = Überblick
overview-hello = Guten Tag,
overview-hello-nameless = Guten Tag
overview-lead = Das gibt es hier von Ihnen.
overview-granted = Sie erlauben { $granted } von { $all } Zwecken.
overview-no-tenant = Sie kamen über keine Marke; hier gibt es nichts zu erlauben.
overview-export = Alles, was über Sie gespeichert ist, als Archiv.
overview-latest = Die letzten Leser
overview-all-readers = Alle

## Profile

profile-contacts = Adresse und Telefonnummer gehören zu Ihrer Anmeldung und werden dort geändert.
profile-conflict = Ihr Profil wurde inzwischen anderswo geändert. Was jetzt dort steht, sehen Sie bei jedem Feld. Speichern Sie noch einmal, damit Ihre Angaben gelten.
profile-invalid = Das wird nicht angenommen:
profile-elsewhere = Im Datensatz steht jetzt:
profile-nothing = nichts
field-email = E-Mail-Adresse
field-email-verified = Ob die Adresse bestätigt ist
field-phone-number = Telefonnummer
field-phone-number-verified = Ob die Nummer bestätigt ist
field-given-name = Vorname
field-family-name = Nachname
field-display-name = Wie wir Sie ansprechen dürfen
field-birthdate = Geburtsdatum
field-country = Land, wie CH
field-locale = Sprache, wie de-CH
field-time-zone = Zeitzone, wie Europe/Berlin
field-notices-by-sms = Als Kurznachricht
field-notices-by-topic = Auf anderen Wegen
field-events = was Partner von Ihnen meldeten

## Logins

login-native = Adresse und Passwort
login-provider = Ein anderer Anbieter
logins-since = Seit { $moment }
logins-last = Zuletzt benutzt { $moment }
logins-remove = Abtrennen
logins-removed = Die Anmeldung ist abgetrennt.
logins-link = Eine Anmeldung hinzufügen
logins-link-text = Eine Anmeldung kommt hinzu, indem Sie sich mit ihr anmelden. Wenn sich ihr Anbieter für dieselbe Adresse verbürgt wie Ihre Anmeldung hier, führen von da an beide zu diesem Datensatz. Verbürgt er sich für eine andere, sind Sie dort jemand anderes: Dann melden Sie sich ab und kommen mit Ihrer Anmeldung zurück.
logins-link-by = Mit { $provider } anmelden
logins-link-none = Es gibt keine andere Anmeldung, mit der Sie hier hineinkämen.
logins-remove-text = Eine abgetrennte Anmeldung wird überall abgemeldet. Wer damit wiederkommt, ist jemand Neues.

## Permissions

permissions-lead = Was mit Ihren Daten geschehen darf und mit welchem Recht. Sie haben zu tun mit
permissions-none = Hier gibt es nichts zu entscheiden.
permissions-permitted = Ihre Daten dürfen dafür verwendet werden.
permissions-not-permitted = Ihre Daten dürfen dafür nicht verwendet werden.
state-never-decided = Nicht entschieden
state-granted = Erlaubt
state-withdrawn = Widerrufen
state-expired = Abgelaufen
basis-consent = Ihre Einwilligung
basis-contract = ein Vertrag mit Ihnen
basis-legal-obligation = eine gesetzliche Pflicht
basis-vital-interests = lebenswichtige Interessen
basis-public-task = eine öffentliche Aufgabe
basis-legitimate-interests = berechtigte Interessen, denen Sie widersprechen können
surface-self-service = durch Sie selbst
surface-global-privacy-control = durch das Signal Ihres Browsers
surface-expiry = durch Zeitablauf
permission-sale = Das ist ein Verkauf oder eine Weitergabe Ihrer Daten. Ein Browser mit Global Privacy Control verbietet es.
permission-until = Es gilt bis { $moment }.
permission-text = Worin Sie einwilligen: Text { $version }
permission-recipients = Wer die Daten bekommt:
permission-retention = Wie lange:
permission-read = Den ganzen Text lesen
permission-grant = Ich erlaube es
permission-withdraw = Ich erlaube es nicht mehr
permission-no-say = Das hängt nicht von Ihrer Einwilligung ab; es gibt nichts zu entscheiden.
permission-history = Was entschieden wurde
permission-no-history = Noch nichts.
permission-on-text = Zu Text { $version }.
permission-read-version = Text { $version } lesen

## Who read my data

readers-lead = Jedes Mal, wenn jemand etwas von Ihnen haben wollte, und was daraus wurde. Belege sind hier zwölf Monate lang.
readers-none = Niemand wollte etwas von Ihnen wissen.
readers-count = { $count ->
    [one] Ein Beleg
   *[other] { $count } Belege
 }
outcome-allowed = bekam, was gewünscht war,
outcome-partly = bekam einen Teil dessen, was gewünscht war,
outcome-refused = bekam nicht, was gewünscht war,
receipt-for = für
receipt-reason = Der angegebene Grund:
receipt-fields = Sichtbar war:
receipt-withheld = Zurückgehalten:
receipt-basis = Grundlage:
receipt-of = Im Namen von
filter-partner = Partner
filter-purpose = Zweck
filter-outcome = Ergebnis
filter-outcome-allowed = Gegeben
filter-outcome-partly = Teils gegeben
filter-outcome-refused = Abgelehnt
filter-all = Alle
filter-show = Zeigen
filter-from = Von
filter-to = Bis
group-names = Namen
group-contacts = Adresse und Nummer
group-demographics = Geburt, Land, Sprache
group-events = Was Partner meldeten
why-scope-missing = der Anfragende durfte nicht fragen
why-no-agreement = es gibt keine Vereinbarung
why-agreement-of-another = die Vereinbarung gehört jemand anderem
why-agreement-expired = die Vereinbarung ist abgelaufen
why-purpose-unknown = diesen Zweck gibt es nicht
why-purpose-not-in-agreement = der Zweck ist nicht vereinbart
why-group-not-in-agreement = es ist nicht vereinbart
why-person-unknown = niemand wurde gefunden
why-person-erased = die Person ist gelöscht
why-person-locked = der Datensatz ist geschlossen
why-person-of-another = die Person gehört zu jemand anderem
why-consent-of-another = die Einwilligung gilt einem anderen
why-consent-missing = es gibt keine Einwilligung
why-consent-withdrawn = die Einwilligung wurde widerrufen
why-consent-expired = die Einwilligung ist abgelaufen
why-objected = es gibt einen Widerspruch
why-undecided = keine Regel erlaubt es

## Notices

notices-allowed = Sie erlauben Mitteilungen zu Ihrem Konto. Wählen Sie, wie sie Sie erreichen.
notices-not-allowed = Sie erlauben keine Mitteilungen zu Ihrem Konto; es wird nichts gesendet.
notices-change = Das ändern
notices-none = Diese Marke sendet keine Mitteilungen.
notices-ways = Wie mich Mitteilungen erreichen dürfen
notices-test = Ausprobieren
notices-test-text = Eine Testnachricht geht den Weg jeder Mitteilung. Sie wird auf jedem Weg gesendet, der offen ist.
notices-test-do = Eine Testnachricht an mich senden
notices-test-wait = In der Minute gibt es eine Testnachricht. Versuchen Sie es in { $seconds } Sekunden noch einmal.
notices-way-sms = Als Kurznachricht
notices-way-topic = Auf anderen Wegen
notices-open = Offen
notices-closed = Geschlossen
notices-reason-not-consented = Sie erlauben keine Mitteilungen zu Ihrem Konto.
notices-reason-number-not-proven = Keine Telefonnummer ist als Ihre bestätigt.
notices-reason-declined = Sie möchten auf diesem Weg keine Mitteilungen.
notices-tested-waiting = Die Testnachricht ist unterwegs.
notices-tested-sent = Die Testnachricht wurde gesendet.
notices-tested-at = Test angefordert { $moment }.
notices-look = Noch einmal nachsehen

## Export

export-lead = Alles, was über Sie gespeichert ist, als Dateien in einem Archiv.
export-make = Archiv erstellen
export-ready = Das Archiv ist fertig. Der Link gilt bis { $moment }.
export-fetch = Herunterladen
export-text = Wer den Link hat, kann das Archiv holen: Behalten Sie ihn für sich. Es wird nach einem Tag gelöscht.

## Erasure

delete-lead = Das wird geschehen:
delete-step-freeze = Sofort liest oder ändert niemand mehr Ihr Profil.
delete-step-back = Eine Zeit lang können Sie es zurücknehmen, und alles ist wie zuvor.
delete-step-data = Dann werden Ihre Anmeldungen und danach Ihre Daten entfernt, endgültig.
delete-step-partners = Jeder Partner, der etwas von Ihnen bekam, wird aufgefordert, es zu löschen.
delete-step-certificate = Am Ende gibt es eine Bescheinigung über all das.
delete-confirm = Ich möchte, dass alles über mich gelöscht wird.
delete-unconfirmed = Haken Sie das Kästchen an, wenn Sie es ernst meinen.
delete-do = Alles löschen
delete-keep = Bewahren Sie diese Adresse auf: Wenn Ihre Anmeldungen weg sind, ist sie der einzige Weg, nachzufragen.
delete-follow = Wie weit es ist
delete-withdraw = Zurücknehmen
erasure-title = Wie weit die Löschung ist
erasure-state-requested = Die Löschung ist beantragt.
erasure-state-frozen = Alles ist geschlossen und kann noch zurückgenommen werden.
erasure-state-erasing = Ihre Daten werden entfernt.
erasure-state-erased = Alles ist gelöscht.
erasure-state-withdrawn = Die Löschung wurde zurückgenommen.
erasure-requested = Beantragt
erasure-removal = Entfernung beginnt
erasure-logins = Anmeldungen entfernt
erasure-data = Daten entfernt
erasure-partners = Partner
erasure-told = { $told } benachrichtigt, { $acknowledged } haben bestätigt
certificate-title = Bescheinigung
certificate-issued = Ausgestellt { $moment }
certificate-erased = Was gelöscht wurde
certificate-what = Was
certificate-count = Wie viele
certificate-kept = Was bleibt
certificate-recipients = Partner, die etwas bekommen hatten
certificate-acknowledged = bestätigt { $moment }
certificate-silent = hat nicht bestätigt
erased-profiles = Profile
erased-logins = Anmeldungen
erased-identifiers = Kennungen
erased-records = Einträge
erased-reasons-in-receipts = Gründe in Belegen

## Requests

requests-by-partner = Anfragen nach Partner
requests-by-purpose = Anfragen nach Zweck
requests-described = { $all } Anfragen, davon { $refused } abgelehnt. Die Zahlen stehen in der Tabelle darunter.
requests-others = andere
requests-allowed = Gegeben
requests-partly = Teils
requests-refused = Abgelehnt
requests-all = Alle
requests-table = Anfragen nach Partner und Zweck
requests-csv = Als CSV herunterladen
requests-partial = Es gibt mehr Anfragen, als hier zusammengezählt sind. Wählen Sie eine kürzere Zeit oder einen Partner.
requests-of = Anfragen von { $partner }
requests-when = Wann
requests-whom = Von wem
requests-what = Welche Daten
requests-why = Warum
requests-nobody = niemand wurde gefunden
requests-operator = durch den Betreiber

## People

find-lead = Suchen Sie jemanden nach dem, was auf die Person zeigt. Was Sie sehen dürfen, steht in der Vereinbarung Ihres Mandanten mit seinen Betreibern; die Person sieht, dass Sie gefragt haben, und Ihren Grund.
find-by = Nach
find-by-email = E-Mail-Adresse
find-by-phone-number = Telefonnummer, etwa +4930901820
find-by-cognito-sub = Kennung der Anmeldung
find-by-anonymous-id = Kennung eines Geräts
find-value = Welche
find-reason = Ihr Grund, etwa die Nummer eines Vorgangs
find-unsendable = Es braucht einen Zweck, und ein Grund hat lateinische Buchstaben ohne Akzente und Umlaute, Ziffern und Zeichen.
find-do = Suchen
find-found = Jemand wurde gefunden
find-refused = Nichts darf gezeigt werden
find-receipt = Festgehalten unter dem Beleg
find-timeline = Zeigen, was Partner gemeldet haben
timeline-title = Was Partner gemeldet haben
timeline-none = Kein Partner hat etwas gemeldet.
timeline-event = Das Ereignis
people-merges-link = Zusammenführungen und Kennungen, nach der Kennung eines Profils
people-profile = Profil-Kennung
people-other = Vielleicht eins mit
people-done = Es ist ausgeführt.
people-preview = Was ein Zusammenführen täte
people-survives = Die Person hieße künftig
people-absorbed = Aufgenommen würde
people-one-already = Die beiden sind schon eins:
people-identifiers = Kennungen, die anderswohin führten: { $count }
people-differ = Worin sich die beiden unterscheiden und wessen Angabe gälte
people-what = Was
people-from = Von
people-merge = Die beiden zusammenführen
people-merges = Zusammenführungen und Kennungen
people-log = Zusammenführungen von
people-no-merges = Es gab keine.
people-became = wurde eins mit
people-operator = Durch den Betreiber
people-split = Wieder trennen
people-graph = Wer eins wurde
people-graph-about = { $count ->
    [one] Ein Profil wurde eins mit einem anderen. Die Liste darunter sagt, wie.
   *[other] { $count } Profile wurden eins mit einem anderen. Die Liste darunter sagt, wie.
 }
known-title = Woran jemand erkannt wird
known-lead = Was auf die Person zeigt, und an welchem ihrer Profile es hängt. Was es besagt, sieht, wer die Person sucht.
known-none = Nichts zeigt hierher.
known-table = Kennungen
known-digest = Unterschieden durch
known-word = Wie sicher
known-since = Seit
known-more = Weitere
known-graph = Was an { $member } hängt
known-graph-about = { $count ->
    [one] Eine Kennung hängt an diesem Profil. Sie steht in der Tabelle darunter.
   *[other] { $count } Kennungen hängen an diesem Profil. Sie stehen in der Tabelle darunter.
 }
known-verified = bestätigt
known-by-partner = nach Angabe von { $partner }
known-by-another = nach Angabe eines Partners eines anderen Mandanten
known-by-person = von der Person angegeben, nicht bestätigt
known-kind-email = Adresse
known-kind-phone = Nummer
known-kind-cognito-sub = Anmeldung
known-kind-social = Anbieter
known-kind-external = Partnerkennung
known-kind-anonymous = Gerät
merged-by-operator = durch einen Betreiber
merged-by-email = durch eine E-Mail-Adresse
merged-by-phone = durch eine Telefonnummer
merged-by-cognito-sub = durch eine Anmeldung
merged-by-social = durch die Anmeldung eines Anbieters
merged-by-external = durch die Kennung eines Partners
merged-by-anonymous = durch ein Gerät
merge-status-begun = Es ist im Gange.
merge-status-done = Es gilt.
merge-status-undoing = Es wird rückgängig gemacht.
merge-status-undone = Es wurde rückgängig gemacht.

## The HTTP API

reference-lead = Alles, was Sie von der Schnittstelle hinter diesen Seiten benutzen können, in deren eigenen Worten (englisch). Jedes davon lässt sich hier in Ihrem Namen ausprobieren.
reference-machines = Für Maschinen:
reference-for-everyone = Für alle
reference-for-people = Für Personen
reference-for-partners = Für Partner
reference-for-operators = Für Betreiber
reference-try = Ausprobieren
reference-earnest = Das wird wirklich ausgeführt, in Ihrem Namen.
reference-missing = { $name } wird gebraucht.
reference-characters = { $name } hat Zeichen, die sich nicht senden lassen. Kopfzeilen haben lateinische Buchstaben ohne Akzente und Umlaute, Ziffern und Zeichen.
reference-in-path = Im Pfad.
reference-in-query = In der Abfrage.
reference-in-header = Als Kopfzeile.
reference-optional = Darf fehlen.
reference-example = Zum Beispiel:
reference-body = Inhalt, { $type }
reference-send = Senden
reference-answer = Was geantwortet wurde
reference-cut = Es gibt mehr davon, als eine Seite zeigen kann.
reference-answers = Was geantwortet wird
reference-problems = Was nicht stimmen kann

## The house

flows-nav = Abläufe
flows-dead-letters = Unzustellbares
house-title = Das Haus
house-hour = Die letzte Stunde
house-day = Der letzte Tag
house-refresh = Aktualisieren
house-pause = Nicht mehr aktualisieren
house-go-on = Weiter aktualisieren
house-as-of = Gezählt bis { $moment }.
house-well = Nichts ist gescheitert, nichts wartet lange und nirgends liegt Unzustellbares, soweit CloudWatch weiß.
house-matters = Was einen Blick braucht
house-map = Wer gefragt wird, was sie weitersagen und wer davon hört
house-described = { $runs } Läufe, davon { $failed } gescheitert. Die Zahlen stehen in der Tabelle darunter.
house-unknown = Wie oft etwas gelaufen ist, ist nicht bekannt.
house-over-time = Läufe aller Funktionen
house-done = erledigt
house-failing = gescheitert
house-table = Jeder Bereich mit seinen Zahlen
house-context = Bereich
house-parts = Jeder Teil mit seinen Zahlen
house-part = Teil
house-column-runs = Läufe
house-column-through = Ging hindurch
house-column-steps = Schritt für Schritt
house-column-failed = Gescheitert
house-column-waiting = Wartet
house-column-oldest = Das Älteste
house-column-stuck = Unzustellbar
house-stuck-of = Unzustellbares von { $name }
house-absent = Wo ein Strich steht, hat CloudWatch keine Zahl. Was eine Weile niemand benutzt hat, zählt es nicht.
house-waits = eine Nachricht wartet seit { $age }
house-runs = { $count ->
    [one] ein Lauf
   *[other] { $count } Läufe
 }
house-calls = { $count ->
    [one] einmal
   *[other] { $count } Mal
 }
house-failed = { $count ->
    [one] einer gescheitert
   *[other] { $count } gescheitert
 }
house-throttled = { $count ->
    [one] einer wurde abgewiesen
   *[other] { $count } wurden abgewiesen
 }
house-waiting = { $count ->
    [one] eine wartet
   *[other] { $count } warten
 }
house-stuck = { $count ->
    [one] eine unzustellbar
   *[other] { $count } unzustellbar
 }
age-seconds = { $count } s
age-minutes = { $count } min
age-hours = { $count } h
age-days = { $count } d
source-api = Die HTTP-Schnittstelle
source-user-pool = Die Anmeldung
source-schedule = Die Uhr
kind-api = Schnittstelle
kind-user-pool = Anmeldung
kind-schedule = Nach der Uhr:
kind-rule = Regel
kind-bus = Bus
kind-topic = Thema
kind-queue = Warteschlange
kind-dead-letters = Unzustellbares
kind-function = Funktion
kind-state-machine = Zustandsautomat
kind-table = Tabelle
context-access = Quittungen
context-contact = Kontaktzentrum
context-dead-letters = Unzustellbares
context-directory = Verzeichnis
context-docs = Beschreibung
context-erasure = Löschung
context-extension = Eigener Code der Mandanten
context-fan-out = Themen der Partner
context-house = Das Haus
context-identity = Anmeldung
context-intake = Ereignisse von Partnern
context-notification = Mitteilungen
context-operations = Bereitschaft
context-partner = Lesen durch Partner
context-portal = Seiten
context-profile = Profile
context-salesforce = Salesforce
context-webhooks = Webhooks

## Flows with Salesforce

mending-title = Abläufe mit Salesforce
mending-none = Hier gibt es keine Abläufe: Diese Stufe hat kein Salesforce.
mending-lead = { $well } von { $all } sind in Ordnung.
mending-since = seit { $moment }
mending-cause = Warum
mending-tried = Was getan wurde
mending-next = Was als Nächstes kommt
mending-from = ab { $moment }
mending-step = Was Menschen tun können
mending-support = Unterstützung
mending-told = Das Team der Unterstützung weiß davon.
mending-untold = Es wird daran gearbeitet, und niemandem wurde es gesagt.
mending-repairs = { $count ->
    [one] Eine Reparatur in letzter Zeit
   *[other] { $count } Reparaturen in letzter Zeit
 }
mending-span = Von { $since } bis { $until }
flow-way-in = Bringt Änderungen aus Salesforce
flow-way-out = Bringt Ergebnisse nach Salesforce
flow-way-both = Was hineinging, gegen das, was herauskam
flow-state-well = In Ordnung
flow-state-mending = Wird repariert
flow-state-given-up = Von hier aus nicht zu reparieren
flow-cause-missing = Diesen Ablauf gibt es in AppFlow nicht
flow-cause-drifted = Der Ablauf ist anders eingerichtet, als er sein muss
flow-cause-deactivated = Der Ablauf wurde ausgeschaltet
flow-cause-suspended = Der Ablauf ist ausgesetzt
flow-cause-errored = AppFlow meldet einen Fehler des Ablaufs und nicht, welchen
flow-cause-credentials = Salesforce lässt die Verbindung nicht herein
flow-cause-throttled = Salesforce hat so viele Anfragen angenommen, wie es annimmt
flow-cause-unreachable = Salesforce ist nicht zu erreichen
flow-cause-rejected = Salesforce lehnt Zeilen ab
flow-cause-idle = Der Ablauf läuft und nimmt nichts, obwohl Dateien warten
flow-cause-unhandled = Änderungen kamen an, von denen nichts sagt, was aus ihnen wurde
flow-cause-unwritten = Über Ergebnisse wurde entschieden, für die keine Datei geschrieben wurde
flow-cause-unaccepted = Dateien wurden geschrieben, deren Zeilen Salesforce nicht annahm
flow-action-nothing = nichts
flow-action-wait = abwarten
flow-action-sign-in = die Verbindung neu anmelden
flow-action-stop = ausschalten
flow-action-update = einrichten, wie er sein muss
flow-action-start = einschalten
flow-action-redrive = nicht angenommene Dateien noch einmal schreiben
flow-action-reread = die Datensätze noch einmal aus Salesforce lesen
flow-step-missing = Rollen Sie den Salesforce-Stack neu aus; er legt den Ablauf an.
flow-step-drifted = Vergleichen Sie den Ablauf mit dem Salesforce-Stack, und rollen Sie den Stack neu aus.
flow-step-deactivated = Sehen Sie den letzten Lauf in der Konsole von AppFlow an; sie sagt mehr als die Schnittstelle.
flow-step-suspended = Sehen Sie den letzten Lauf in der Konsole von AppFlow an; sie sagt mehr als die Schnittstelle.
flow-step-errored = Sehen Sie den letzten Lauf in der Konsole von AppFlow an; sie sagt mehr als die Schnittstelle.
flow-step-credentials = Prüfen Sie den Integrationsbenutzer und die External Client App in Salesforce, und legen Sie Id und Geheimnis des Clients und ein Refresh-Token in das Geheimnis der Verbindung.
flow-step-throttled = Sehen Sie die API-Nutzung von Salesforce an; heben Sie die Grenze an, oder finden Sie, wer sie ausschöpft.
flow-step-unreachable = Sehen Sie die Statusseite von Salesforce an und die Adresse der Verbindung.
flow-step-rejected = Sehen Sie in den Bucket der Fehler, der sagt, warum, und bringen Sie das Objekt der Ergebnisse oder seine Rechte in Salesforce in Ordnung.
flow-step-idle = Sehen Sie die Quelle des Ablaufs in der Konsole von AppFlow an, und ob er den Bucket lesen darf.
flow-step-unhandled = Sehen Sie das Unzustellbare von salesforce-config-writer an.
flow-step-unwritten = Sehen Sie das Unzustellbare von salesforce-config-outcome an.
flow-step-unaccepted = Sehen Sie die Läufe des Ablaufs der Ergebnisse an und in seinen Bucket der Fehler.

## Dead letters

flows-stuck = Etwa { $count } Nachrichten konnten nicht verarbeitet werden.
flows-queues = Warteschlangen, in denen endet, was nicht verarbeitet werden konnte
flows-queue = Warteschlange
flows-function = Funktion
flows-count = Etwa wie viele
flows-oldest = Die älteste
flows-empty = Hier liegt nichts.
flows-redrive = Angehakte noch einmal verarbeiten
flows-redrive-all = Alle noch einmal verarbeiten
flows-more = Es kann weitere geben. Verarbeiten Sie zuerst diese.
filled-by-queue = aus einer Warteschlange
filled-by-rule = aus einer Regel
filled-by-schedule = aus einem Zeitplan
filled-by-stream = aus einem Strom
cause-failed-each-time = Die Funktion scheiterte jedes Mal
cause-undeliverable = Sie konnte nicht zugestellt werden
cause-not-started = Die Funktion konnte nicht gestartet werden
cause-run-failed = Ein Lauf scheiterte
cause-parked = Die Funktion kann sie nicht verarbeiten
cause-given-up = Lambda hat aufgegeben
cause-unreadable = Sie hat keine der bekannten Formen
way-back-queue = Sie käme zurück in ihre Warteschlange.
way-back-outbox = Ihre Zeile würde noch einmal weitergegeben.
way-back-archive = Sie würde archiviert.
way-back-sweep = Der nächste Durchgang fände, was sie war.
way-back-next-run = Der nächste Lauf erledigte es.
way-back-none = Es gibt keinen Weg zurück.
redriven-title = Was daraus wurde
redriven-table = Nachrichten und was aus jeder wurde
redriven-message = Nachricht
redriven-queued = Sie ist wieder in ihrer Warteschlange
redriven-relayed = Sie wird noch einmal weitergegeben
redriven-not-parked = Sie war schon weitergegeben oder ist fort
redriven-archived = Sie ist archiviert
redriven-left-to-sweep = Der nächste Durchgang kümmert sich
redriven-left-to-next-run = Der nächste Lauf kümmert sich
redriven-stays = Sie liegt, wo sie war
redriven-not-found = Sie wurde nicht gefunden

## Refused events

rejected-lead = Was Partner sandten und nicht angenommen wurde, und warum. Was ein Ereignis über jemanden sagt, sieht nur der Absender.
rejected-none = In den letzten 14 Tagen wurde nichts abgelehnt.
rejected-taken = Das Ereignis ist angenommen.
rejected-still = Es wird noch immer nicht angenommen:
rejected-again = Jetzt annehmen
rejected-state-waiting = Wartet auf erneutes Senden
rejected-state-resubmitted = Wurde angenommen
rejected-state-unreadable = Lässt sich nicht lesen

## The tenant

tenant-partners = Partner
tenant-purposes = Zwecke
tenant-rules = Was Personen mitgeteilt wird
tenant-agreements = Vereinbarungen
tenant-event-types = Arten von Ereignissen
tenant-extensions = Eigener Code
tenant-more = Es gibt mehr, als hier steht. Das Kommandozeilenprogramm listet alle.
tenant-until = bis { $moment }
tenant-revision = Fassung { $revision }, von { $by }
tenant-terms = { $count ->
    [one] ein Zweck
   *[other] { $count } Zwecke
 }
partner-limit = Anfragen in der Minute, höchstens
partner-name = Wie er für Personen heißt
partner-new = Partner anlegen
partner-id = Sein Name, etwa chandlery
partner-keys = Schreibschlüssel
partner-made = Das ist der neue Schlüssel. Er wird nur dieses eine Mal gezeigt: Bewahren Sie ihn jetzt auf.
partner-make = Schlüssel erstellen
partner-revoke = Widerrufen
partner-rotate = Um einen Schlüssel zu wechseln, erstellen Sie einen zweiten, setzen ihn an die Stelle des ersten und widerrufen diesen.
key-active = gültig
key-revoked = widerrufen
client-list = Eigene Programme
client-rotate-text = Um ein Geheimnis zu wechseln, erstellen Sie das nächste, setzen es an die Stelle des ersten und entfernen dieses.
client-rotate = Das nächste erstellen
client-remove = Entfernen
client-make = Erstellen
client-made = Das ist die Kennung des neuen Programms mit seinem Geheimnis. Das Geheimnis wird nur dieses eine Mal gezeigt: Bewahren Sie es jetzt auf.
client-no-agreement = Ein Programm fragt nach einer Vereinbarung, und mit diesem Partner gibt es noch keine.
client-agreement = Nach welcher Vereinbarung es fragt
client-scopes = Was es darf
client-creating = wird erstellt
client-active = gültig
client-deleting = wird entfernt
client-deleted = entfernt
scope-profile-read = von Personen lesen, was die Vereinbarung erlaubt
scope-profile-identify = sagen, wem eine Kennung gehört
scope-events-write = Ereignisse von Personen melden
scope-subscriptions-write = Ereignisse durch Webhooks erfahren
changed-version = Fassung { $version },
changed-by = geändert von
changed-never = Betreiber haben es nie geändert.
purpose-new = Zweck festlegen
purpose-id = Sein Name, etwa newsletter
purpose-unknown = Diesen Zweck gibt es noch nicht. Sagen Sie, worum es geht, und speichern Sie es.
purpose-basis = Mit welchem Recht
purpose-basis-consent = von allen, die einwilligen
purpose-basis-contract = durch einen Vertrag
purpose-basis-legal-obligation = durch eine gesetzliche Pflicht
purpose-basis-vital-interests = für lebenswichtige Interessen
purpose-basis-public-task = für eine öffentliche Aufgabe
purpose-basis-legitimate-interests = durch berechtigte Interessen, von allen, die nicht widersprechen
purpose-fixed = Das steht fest, sobald er festgelegt ist.
purpose-days = Wie viele Tage eine Einwilligung gilt; leer, wenn bis zum Widerruf
purpose-sale = Es ist ein Verkauf oder eine Weitergabe von Daten: Ein Browser mit Global Privacy Control verbietet es
purpose-texts = Texte
purpose-no-texts = Es gibt keine.
purpose-untold = Dazu ist nicht gesagt, wo er zu lesen ist und wer die Daten bekommt.
purpose-add = Einen weiteren Text veröffentlichen
purpose-add-text = Lassen Sie es leer, wenn keiner zu veröffentlichen ist. Was veröffentlicht ist, bleibt: Ein neuer Text kommt hinter die anderen und wird von da an gezeigt. Mit der Fassung eines Textes, dem solche Angaben noch fehlen, kommen sie zu ihm.
purpose-text = Seine Fassung, etwa 2026-02
purpose-url = Wo er zu lesen ist, etwa https://…
purpose-sha256 = Sein SHA-256
purpose-recipients = Wer die Daten bekommt, je Zeile einer
purpose-retention = Wie lange, in Worten
rule-title = Mitteilen von
rule-lead = Wer in einem solchen Ereignis vorkommt, erfährt es einmal, auf den Wegen, die offen sind, wenn die Person in diesem Augenblick in den Zweck einwilligt.
rule-new = Personen eine Art mitteilen
rule-type = Welche Art
rule-unknown = Solche Ereignisse werden noch niemandem mitgeteilt.
rule-no-purpose = Mitgeteilt wird für einen Zweck, in den Personen einwilligen, und der Mandant hat noch keinen solchen.
rule-purpose = Wenn eingewilligt wurde in
rule-texts = Was zu lesen ist
rule-texts-text = Jeder liest seine Sprache, sonst Englisch, sonst die erste. Ein geleerter Text wird entfernt.
rule-text = In der Sprache { $language }
rule-language = Eine weitere Sprache, etwa de
rule-added = Was darin zu lesen ist
rule-on = Es wird mitgeteilt
rule-active = wird mitgeteilt
rule-disabled = ist abgeschaltet
event-type-lead = Ereignisse dieser Art müssen diesem JSON-Schema entsprechen. Was es bisher annahm, muss es auch weiterhin annehmen.
event-type-schema = JSON-Schema der Daten
event-type-new = Art anlegen
event-type-id = Ihr Name, etwa com.example.order.placed.v1
agreement-allows = Was sie erlaubt
agreement-would = Was sie erlauben würde
agreement-may = darf lesen:
agreement-for = für
agreement-basis-consent = von allen, die eingewilligt haben.
agreement-basis-contract = von allen, die den Vertrag haben.
agreement-basis-legal-obligation = wie das Gesetz es verlangt.
agreement-basis-vital-interests = wo ein Leben davon abhängt.
agreement-basis-public-task = für eine Aufgabe im öffentlichen Interesse.
agreement-basis-legitimate-interests = von allen, die nicht widersprochen haben.
agreement-open = Sie hat kein Ende.
agreement-until = Sie endet { $moment }.
agreement-receipt = Was gelesen wird, hinterlässt einen Beleg, den die Person sehen kann.
agreement-end = Endet; leer, wenn nicht
agreement-preview = Zeigen, was sie erlauben würde
agreement-new = Eine solche Vereinbarung gibt es noch nicht. Kreuzen Sie an, was sie erlauben soll, sehen Sie es sich an und speichern Sie es.
agreement-make = Vereinbarung anlegen
agreement-id = Ihr Name, etwa summer-letters
extension-registering = wird registriert
extension-active = läuft
extension-disabled = ist abgeschaltet
extension-removing = wird entfernt
extension-paused = Läuft nicht seit { $moment }, weil er zu oft scheiterte:
extension-disable = Abschalten
extension-enable = Einschalten
extension-rollback = Zurück zu Version { $version }
extension-versions = Fassungen
version-registering = wird registriert
version-ready = bereit
version-refused = abgelehnt
extension-usage = Was er verbrauchte
extension-day = Tag
extension-events = Ereignisse
extension-errors = Fehler
extension-withheld = Zurückgehalten
extension-duration = Millisekunden
extension-costs = US-Dollar, geschätzt
extension-total = Zusammen
