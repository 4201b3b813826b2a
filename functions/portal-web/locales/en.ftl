## The frame

skip = To the content
nav = Pages
sign-in = Sign in
sign-in-operator = Sign in as an operator
sign-out = Sign out everywhere
go-home = To the start
save = Save
saved = It is saved.
not-taken = This is not taken:
older = Older ones
newer = Newer ones
footer = One record per person. Who reads it, and why, is on record.
nav-reference = The HTTP API
moment = { $day } { $month } { $year }, { $time } UTC
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
nav-profile = My profile
nav-permissions = What I allow
nav-readers = Who read my data
nav-notices = Notices
nav-logins = My logins
nav-export = Take it along
nav-delete = Delete everything
nav-requests = Requests
nav-people = People
nav-flows = Flows
nav-rejected = Refused events
nav-tenant = My tenant

## Signing in and out

front-title = Your data, in one place
front-lead = See what is held on you, who read it and why, and decide what may be done with it.
front-people = My own data
front-people-text = Your profile, what you allow to whom, and who read what of you.
front-operators = Running the house
front-operators-text = Requests of partners, how the house is doing, and what your tenant has defined.
signed-out-title = You are signed out
signed-out-text = This session has ended, on every device that shared it. The login itself may still remember you on this one.
signed-out-on = Have the login forget me, too

## What can go wrong

failure-sign-in = Please sign in
failure-sign-in-advice = Sign in to see this page.
failure-not-found = There is no such page
failure-not-found-advice = It may have been moved, or what it was about is gone.
failure-forbidden = This is not for you to see
failure-forbidden-advice = You are signed in, but not with the rights that this page needs.
failure-forged = This form can't be used any more
failure-forged-advice = It was made by another session or came from another site. Nothing was done. Open the page anew and send it again.
failure-bad-request = That can't be understood
failure-bad-request-advice = Something in the address or in the form is not as this page takes it.
failure-not-this-sign-in = You are not signed in
failure-not-this-sign-in-advice = The sign-in was begun elsewhere, took too long or was broken off. Begin it anew.
failure-refused = That was not done
failure-refused-advice = The record does not take it as it is. The reason:
failure-unavailable = This can't be done at the moment
failure-unavailable-advice = Nothing is lost. Try again in a minute.

## Overview

overview-title = Overview
overview-hello = Hello,
overview-hello-nameless = Hello
overview-lead = This is what there is of you here.
overview-granted = You allow { $granted } of { $all } purposes.
overview-no-tenant = You signed in with no brand, so that there is nothing to allow here.
overview-export = All that is held on you, as an archive.
overview-latest = The latest readers
overview-all-readers = All of them

## Profile

profile-contacts = Address and telephone number belong to your login and are changed there.
profile-conflict = Your profile was changed elsewhere in the meantime. What stands there now is shown beside each field. Save again to put yours in its place.
profile-invalid = This is not taken:
profile-elsewhere = The record now says:
profile-nothing = nothing
field-email = E-mail address
field-email-verified = Whether the address is verified
field-phone-number = Telephone number
field-phone-number-verified = Whether the number is verified
field-given-name = Given name
field-family-name = Family name
field-display-name = How we may address you
field-birthdate = Date of birth
field-country = Country, as in CH
field-locale = Language, as in de-CH
field-time-zone = Time zone, as in Europe/Berlin
field-notices-by-sms = By text message
field-notices-by-topic = By other channels
field-events = what partners told of you

## Logins

login-native = Address and password
login-provider = Another provider
logins-since = Since { $moment }
logins-last = Last used { $moment }
logins-remove = Take it off
logins-removed = The login is taken off.
logins-link = Adding a login
logins-link-text = A login is added by signing in with it. If its provider vouches for the same address as your login here, both lead to this record from then on. If it vouches for another address, you are somebody else there: then sign out, and come back by your login.
logins-link-by = Sign in with { $provider }
logins-link-none = There is no other login by which you could get in here.
logins-remove-text = A login that is taken off is signed out everywhere. Whoever comes by it again is somebody new.

## Permissions

permissions-lead = What may be done with your data, and by what right. You deal with
permissions-none = There is nothing to decide on here.
permissions-permitted = Your data may be used for this.
permissions-not-permitted = Your data may not be used for this.
state-never-decided = Not decided
state-granted = Allowed
state-withdrawn = Withdrawn
state-expired = Over
basis-consent = your consent
basis-contract = a contract with you
basis-legal-obligation = a duty by law
basis-vital-interests = vital interests
basis-public-task = a public task
basis-legitimate-interests = legitimate interests, to which you may object
surface-self-service = by yourself
surface-global-privacy-control = by your browser's signal
surface-expiry = by its time
permission-sale = This is a sale or a sharing of your data. A browser with Global Privacy Control forbids it.
permission-until = It holds until { $moment }.
permission-text = What you agree to: text { $version }
permission-recipients = Who gets the data:
permission-retention = For how long:
permission-read = Read the whole text
permission-grant = I allow it
permission-withdraw = I do not allow it any more
permission-no-say = This does not depend on your consent, so that there is nothing to decide.
permission-history = What was decided
permission-no-history = Nothing yet.
permission-on-text = On text { $version }.
permission-read-version = Read text { $version }

## Who read my data

readers-lead = Each time that somebody asked for something of you, and what came of it. Receipts are here for twelve months.
readers-none = Nobody asked for anything of you.
readers-count = { $count ->
    [one] One receipt
   *[other] { $count } receipts
 }
outcome-allowed = was given what they asked for,
outcome-partly = was given a part of what they asked for,
outcome-refused = was refused what they asked for,
receipt-for = for
receipt-reason = The reason they gave:
receipt-fields = They could see:
receipt-withheld = Withheld:
receipt-basis = By right of
receipt-of = On behalf of
filter-partner = Partner
filter-purpose = Purpose
filter-outcome = Outcome
filter-outcome-allowed = Given
filter-outcome-partly = Partly given
filter-outcome-refused = Refused
filter-all = All
filter-show = Show
filter-from = From
filter-to = To
group-names = Names
group-contacts = Address and number
group-demographics = Birth, country, language
group-events = What partners told
why-scope-missing = the caller had no right to ask
why-no-agreement = there is no agreement
why-agreement-of-another = the agreement is somebody else's
why-agreement-expired = the agreement is over
why-purpose-unknown = there is no such purpose
why-purpose-not-in-agreement = the purpose is not agreed on
why-group-not-in-agreement = it is not agreed on
why-person-unknown = nobody was found
why-person-erased = the person is erased
why-person-locked = the record is closed
why-person-of-another = the person is another's
why-consent-of-another = the consent is to another
why-consent-missing = there is no consent
why-consent-withdrawn = the consent was withdrawn
why-consent-expired = the consent is over
why-objected = there is an objection
why-undecided = no rule allows it

## Notices

notices-allowed = You allow notices about your account. Choose how they reach you.
notices-not-allowed = You do not allow notices about your account, so that none are sent.
notices-change = Change that
notices-none = This brand sends no notices.
notices-ways = How notices may reach me
notices-test = Try it
notices-test-text = A test message goes the way of any notice. It is sent by each way that is open.
notices-test-do = Send me a test message
notices-test-wait = There is one test message in a minute. Try again in { $seconds } seconds.
notices-way-sms = By text message
notices-way-topic = By other channels
notices-open = Open
notices-closed = Closed
notices-reason-not-consented = You do not allow notices about your account.
notices-reason-number-not-proven = No telephone number is confirmed as yours.
notices-reason-declined = You do not want notices this way.
notices-tested-waiting = The test message is on its way.
notices-tested-sent = The test message was sent.
notices-tested-at = Test asked for { $moment }.
notices-look = Look again

## Export

export-lead = All that is held on you, as files in an archive.
export-make = Make the archive
export-ready = The archive is ready. The link holds until { $moment }.
export-fetch = Fetch it
export-text = Whoever has the link can fetch the archive: keep it to yourself. It is deleted after a day.

## Erasure

delete-lead = This is what will happen:
delete-step-freeze = At once, nobody reads or changes your profile any more.
delete-step-back = For a while you may take it back, and everything is as it was.
delete-step-data = Then your logins and after them your data are removed, for good.
delete-step-partners = Every partner who was given something of you is told to delete it.
delete-step-certificate = In the end there is a certificate of all of it.
delete-confirm = I want everything about me to be deleted.
delete-unconfirmed = Tick the box if you mean it.
delete-do = Delete everything
delete-keep = Keep this address: once your logins are gone, it is the only way to ask.
delete-follow = How far it is
delete-withdraw = Take it back
erasure-title = How far the erasure is
erasure-state-requested = The erasure is asked for.
erasure-state-frozen = Everything is closed, and may still be taken back.
erasure-state-erasing = Your data are being removed.
erasure-state-erased = Everything is erased.
erasure-state-withdrawn = The erasure was taken back.
erasure-requested = Asked for
erasure-removal = Removal begins
erasure-logins = Logins removed
erasure-data = Data removed
erasure-partners = Partners
erasure-told = { $told } told, { $acknowledged } have confirmed
certificate-title = Certificate
certificate-issued = Issued { $moment }
certificate-erased = What was erased
certificate-what = What
certificate-count = How many
certificate-kept = What is kept
certificate-recipients = Partners who had been given something
certificate-acknowledged = confirmed { $moment }
certificate-silent = has not confirmed
erased-profiles = Profiles
erased-logins = Logins
erased-identifiers = Identifiers
erased-records = Records
erased-reasons-in-receipts = Reasons in receipts

## Requests

requests-by-partner = Requests by partner
requests-by-purpose = Requests by purpose
requests-described = { $all } requests, of which { $refused } were refused. The numbers are in the table below.
requests-others = others
requests-allowed = Given
requests-partly = Partly
requests-refused = Refused
requests-all = All
requests-table = Requests by partner and purpose
requests-csv = Download as CSV
requests-partial = There are more requests than are added up here. Choose a shorter time or one partner.
requests-of = Requests of { $partner }
requests-when = When
requests-whom = Of whom
requests-what = Which data
requests-why = Why
requests-nobody = nobody was found
requests-operator = by the operator

## People

find-lead = Look somebody up by what points at them. Your tenant's agreement with its operators says what you may see; the person sees that you asked, and your reason.
find-by = By
find-by-email = E-mail address
find-by-phone-number = Telephone number, as in +4930901820
find-by-cognito-sub = Id of the login
find-by-anonymous-id = Id of a device
find-value = Which
find-reason = Your reason, such as a case's number
find-unsendable = A purpose is needed, and a reason has Latin letters without accents, digits and signs.
find-do = Look up
find-found = Somebody was found
find-refused = Nothing may be shown
find-receipt = On record under receipt
find-timeline = Show what partners told
timeline-title = What partners told
timeline-none = No partner told anything.
timeline-event = The event
people-merges-link = Merges and identifiers, by a profile's id
people-profile = Profile id
people-other = Might be one with
people-done = It is done.
people-preview = What a merge would do
people-survives = The person would go by
people-absorbed = It would take in
people-one-already = The two are one already:
people-identifiers = Identifiers that would lead elsewhere: { $count }
people-differ = Where the two differ, and whose word would count
people-what = What
people-from = From
people-merge = Make the two one
people-merges = Merges and identifiers
people-log = Merges of
people-no-merges = There were none.
people-became = became one with
people-operator = By the operator
people-split = Make them two again
people-graph = Who became one
people-graph-about = { $count ->
    [one] One profile became one with another. The list below says how.
   *[other] { $count } profiles became one with another. The list below says how.
 }
known-title = By what somebody is known
known-lead = What points at the person, and on which of their profiles it hangs. What it says is shown to whoever looks the person up.
known-none = Nothing points here.
known-table = Identifiers
known-digest = Told apart by
known-word = How sure
known-since = Since
known-more = More of them
known-graph = What hangs on { $member }
known-graph-about = { $count ->
    [one] One identifier hangs on this profile. It is in the table below.
   *[other] { $count } identifiers hang on this profile. They are in the table below.
 }
known-verified = confirmed
known-by-partner = on the word of { $partner }
known-by-another = on the word of another tenant's partner
known-by-person = told by the person, not confirmed
known-kind-email = Address
known-kind-phone = Number
known-kind-cognito-sub = Login
known-kind-social = Provider's login
known-kind-external = Partner's id
known-kind-anonymous = Device
merged-by-operator = by an operator
merged-by-email = by an e-mail address
merged-by-phone = by a telephone number
merged-by-cognito-sub = by a login
merged-by-social = by a provider's login
merged-by-external = by a partner's id
merged-by-anonymous = by a device
merge-status-begun = It is under way.
merge-status-done = It holds.
merge-status-undoing = It is being undone.
merge-status-undone = It was undone.

## The HTTP API

reference-lead = All that you can use of the API behind these pages, in its own words. Each of it can be tried here, as you.
reference-machines = For machines:
reference-for-everyone = For everyone
reference-for-people = For people
reference-for-partners = For partners
reference-for-operators = For operators
reference-try = Try it
reference-earnest = This is done in earnest, in your name.
reference-missing = { $name } is needed.
reference-characters = { $name } has characters that can't be sent. Headers have Latin letters without accents, digits and signs.
reference-in-path = In the path.
reference-in-query = In the query.
reference-in-header = As a header.
reference-optional = May be left out.
reference-example = For example:
reference-body = Body, { $type }
reference-send = Send it
reference-answer = What was answered
reference-cut = There is more of it than a page can show.
reference-answers = What it answers
reference-problems = What can be wrong

## The house

flows-nav = Flows
flows-dead-letters = Dead letters
house-title = The house
house-hour = The last hour
house-day = The last day
house-refresh = Refresh
house-pause = Stop refreshing
house-go-on = Go on refreshing
house-as-of = Counted up to { $moment }.
house-well = Nothing failed, nothing waits for long, and no dead letters lie anywhere, as far as CloudWatch knows.
house-matters = What needs a look
house-map = Who is asked, what they tell, and who hears of it
house-described = { $runs } runs, of which { $failed } failed. The numbers are in the table below.
house-unknown = How often anything ran is not known.
house-over-time = Runs of all functions
house-done = done
house-failing = failed
house-table = Each context with its figures
house-context = Context
house-parts = Each part with its figures
house-part = Part
house-column-runs = Runs
house-column-through = Went through
house-column-steps = Step by step
house-column-failed = Failed
house-column-waiting = Waiting
house-column-oldest = The oldest
house-column-stuck = Dead letters
house-stuck-of = Dead letters of { $name }
house-absent = Where there is a dash, CloudWatch has no figure. It counts nothing of what nobody used for a while.
house-waits = a message waits for { $age }
house-runs = { $count ->
    [one] one run
   *[other] { $count } runs
 }
house-calls = { $count ->
    [one] once
   *[other] { $count } times
 }
house-failed = { $count ->
    [one] one failed
   *[other] { $count } failed
 }
house-throttled = { $count ->
    [one] one was turned away
   *[other] { $count } were turned away
 }
house-waiting = { $count ->
    [one] one waits
   *[other] { $count } wait
 }
house-stuck = { $count ->
    [one] one dead letter
   *[other] { $count } dead letters
 }
age-seconds = { $count } s
age-minutes = { $count } min
age-hours = { $count } h
age-days = { $count } d
source-api = The HTTP API
source-user-pool = The login
source-schedule = The time
kind-api = API
kind-user-pool = Login
kind-schedule = By the time:
kind-rule = Rule
kind-bus = Bus
kind-topic = Topic
kind-queue = Queue
kind-dead-letters = Dead letters
kind-function = Function
kind-state-machine = State machine
kind-table = Table
context-access = Receipts
context-contact = Contact centre
context-dead-letters = Dead letters
context-directory = Directory
context-docs = Description
context-erasure = Erasure
context-extension = Tenants' own code
context-fan-out = Partners' topics
context-house = The house
context-identity = Sign-in
context-intake = Events from partners
context-notification = Notifications
context-operations = On call
context-partner = Reading by partners
context-portal = Pages
context-profile = Profiles
context-salesforce = Salesforce
context-webhooks = Webhooks

## Flows with Salesforce

mending-title = Flows with Salesforce
mending-none = There are no flows here: this stage has no Salesforce.
mending-lead = { $well } of { $all } are well.
mending-since = since { $moment }
mending-cause = Why
mending-tried = What was done
mending-next = What comes next
mending-from = from { $moment } on
mending-step = What people can do
mending-support = Support team
mending-told = The support team was told.
mending-untold = It is being mended, and nobody was told.
mending-repairs = { $count ->
    [one] One repair of late
   *[other] { $count } repairs of late
 }
mending-span = From { $since } until { $until }
flow-way-in = Brings changes from Salesforce
flow-way-out = Takes outcomes to Salesforce
flow-way-both = What went in, against what came out
flow-state-well = Well
flow-state-mending = Being mended
flow-state-given-up = Can't be mended from here
flow-cause-missing = There is no such flow in AppFlow
flow-cause-drifted = The flow is made otherwise than it has to be
flow-cause-deactivated = The flow was switched off
flow-cause-suspended = The flow is suspended
flow-cause-errored = AppFlow says that the flow is in error, and not why
flow-cause-credentials = Salesforce does not let the connection in
flow-cause-throttled = Salesforce has taken as many requests as it takes
flow-cause-unreachable = Salesforce can't be reached
flow-cause-rejected = Salesforce refuses rows
flow-cause-idle = The flow runs and takes nothing, though files wait
flow-cause-unhandled = Changes arrived of which nothing says what became of them
flow-cause-unwritten = Outcomes were decided for which no file was written
flow-cause-unaccepted = Files were written whose rows Salesforce did not accept
flow-action-nothing = nothing
flow-action-wait = waiting
flow-action-sign-in = signing the connection in anew
flow-action-stop = switching it off
flow-action-update = making it as it has to be
flow-action-start = switching it on
flow-action-redrive = writing again the files that were not taken
flow-action-reread = reading the records from Salesforce again
flow-step-missing = Deploy the Salesforce stack again; it makes the flow.
flow-step-drifted = Compare the flow with the Salesforce stack, and deploy the stack again.
flow-step-deactivated = Look at the flow's last run in AppFlow's console; it says more than its API does.
flow-step-suspended = Look at the flow's last run in AppFlow's console; it says more than its API does.
flow-step-errored = Look at the flow's last run in AppFlow's console; it says more than its API does.
flow-step-credentials = Check the integration user and the External Client App in Salesforce, and put the client's id and secret and a refresh token into the connection's secret.
flow-step-throttled = Look at Salesforce's API usage; raise the limit or find who uses it up.
flow-step-unreachable = Look at Salesforce's status page and at the instance URL of the connection.
flow-step-rejected = Look into the error bucket, which says why, and mend the outcome object or its permissions in Salesforce.
flow-step-idle = Look at the flow's source in AppFlow's console, and at whether it may read the bucket.
flow-step-unhandled = Look at the dead letters of salesforce-config-writer.
flow-step-unwritten = Look at the dead letters of salesforce-config-outcome.
flow-step-unaccepted = Look at the runs of the outcome flow and into its error bucket.

## Dead letters

flows-stuck = About { $count } messages could not be processed.
flows-queues = Queues in which what could not be processed ends
flows-queue = Queue
flows-function = Function
flows-count = About how many
flows-oldest = The oldest
flows-empty = Nothing lies here.
flows-redrive = Process those that are ticked again
flows-redrive-all = Process all of them again
flows-more = There may be others. Process these first.
filled-by-queue = from a queue
filled-by-rule = from a rule
filled-by-schedule = from a schedule
filled-by-stream = from a stream
cause-failed-each-time = Its function failed each time
cause-undeliverable = It could not be brought to its queue
cause-not-started = Its function could not be started
cause-run-failed = A run failed
cause-parked = Its function can't process it
cause-given-up = Lambda gave up on it
cause-unreadable = It has none of the known forms
way-back-queue = It would go back to its queue.
way-back-outbox = Its row would be relayed again.
way-back-archive = It would be archived.
way-back-sweep = The sweep would find what it was.
way-back-next-run = The next run would do it.
way-back-none = It has no way back.
redriven-title = What became of it
redriven-table = Messages and what became of each
redriven-message = Message
redriven-queued = It is in its queue again
redriven-relayed = It is relayed again
redriven-not-parked = It was relayed before, or is gone
redriven-archived = It is archived
redriven-left-to-sweep = The sweep sees to it
redriven-left-to-next-run = The next run sees to it
redriven-stays = It lies where it was
redriven-not-found = It was not come across

## Refused events

rejected-lead = What partners sent and was not taken, and why. What an event says of somebody is for its sender alone.
rejected-none = Nothing was refused in the last 14 days.
rejected-taken = The event is taken.
rejected-still = It is still not taken:
rejected-again = Take it now
rejected-state-waiting = Waits to be sent again
rejected-state-resubmitted = Was taken
rejected-state-unreadable = Can't be read

## The tenant

tenant-partners = Partners
tenant-purposes = Purposes
tenant-rules = What people are told of
tenant-agreements = Agreements
tenant-event-types = Types of events
tenant-extensions = Own code
tenant-more = There are more than are shown here. The command-line program lists all of them.
tenant-until = until { $moment }
tenant-revision = revision { $revision }, by { $by }
tenant-terms = { $count ->
    [one] one purpose
   *[other] { $count } purposes
 }
partner-limit = Requests a minute, at most
partner-name = What people see it called
partner-new = Add a partner
partner-id = Its name, as in chandlery
partner-keys = Write keys
partner-made = This is the new key. It is shown this once: keep it now.
partner-make = Make a key
partner-revoke = Revoke it
partner-rotate = To change a key, make a second one, put it where the first is used, and revoke the first.
key-active = in use
key-revoked = revoked
client-list = Programs of its own
client-rotate-text = To change a secret, make the next one, put it where the first is used, and remove the first.
client-rotate = Make the next one
client-remove = Remove it
client-make = Make one
client-made = This is the new program's id, and its secret. The secret is shown this once: keep it now.
client-no-agreement = A program asks by an agreement, and there is none with this partner yet.
client-agreement = By which agreement it asks
client-scopes = What it may do
client-creating = being made
client-active = in use
client-deleting = being removed
client-deleted = removed
scope-profile-read = read of people what the agreement allows
scope-profile-identify = tell whose an identifier is
scope-events-write = report events of people
scope-subscriptions-write = be told of events by webhooks
changed-version = Version { $version },
changed-by = changed by
changed-never = It was never changed by operators.
purpose-new = Define a purpose
purpose-id = Its name, as in newsletter
purpose-unknown = There is no such purpose yet. Say what it is for, and save it.
purpose-basis = By what right
purpose-basis-consent = of whoever consents
purpose-basis-contract = by a contract
purpose-basis-legal-obligation = by a duty of the law
purpose-basis-vital-interests = for vital interests
purpose-basis-public-task = for a public task
purpose-basis-legitimate-interests = by legitimate interests, of whoever does not object
purpose-fixed = That stands, once it is defined.
purpose-days = For how many days a consent holds; empty, if until it is withdrawn
purpose-sale = It is a sale or a sharing of data: a browser with Global Privacy Control forbids it
purpose-texts = Texts
purpose-no-texts = There are none.
purpose-untold = Nothing is said with it of where it is read, and who gets the data.
purpose-add = Publish another text
purpose-add-text = Leave it empty, if there is none to publish. What was published stays: a new text comes behind the others, and is the one that people are shown. By the version of a text that has no such words yet, they are added to it.
purpose-text = Its version, as in 2026-02
purpose-url = Where it is read, as in https://…
purpose-sha256 = Its SHA-256
purpose-recipients = Who gets the data, one in each line
purpose-retention = For how long, in words
rule-title = Telling people of
rule-lead = Whoever such an event is about is told of it once, by the ways that are open to them, if they agreed to the purpose at that moment.
rule-new = Tell people of a type
rule-type = Of which type
rule-unknown = Nobody is told of such events yet.
rule-no-purpose = People are told for a purpose that they agree to, and the tenant has none of that kind yet.
rule-purpose = If they agreed to
rule-texts = What they read
rule-texts-text = People read their language, else English, else the first. A text that is emptied is removed.
rule-text = In the language { $language }
rule-language = Another language, as in de
rule-added = What is read in that
rule-on = People are told
rule-active = people are told
rule-disabled = is switched off
event-type-lead = Events of this type are held to this JSON Schema. What it took before it has to take from now on, too.
event-type-schema = JSON Schema of the data
event-type-new = Register a type
event-type-id = Its name, as in com.example.order.placed.v1
agreement-allows = What it allows
agreement-would = What it would allow
agreement-may = may read
agreement-for = for
agreement-basis-consent = of whoever consented to it.
agreement-basis-contract = of whoever has the contract.
agreement-basis-legal-obligation = as the law demands.
agreement-basis-vital-interests = where a life depends on it.
agreement-basis-public-task = for a task in the public interest.
agreement-basis-legitimate-interests = of whoever did not object.
agreement-open = It has no end.
agreement-until = It ends at { $moment }.
agreement-receipt = Whatever is read leaves a receipt that the person can see.
agreement-end = Ends at; empty, if it does not
agreement-preview = Show what it would allow
agreement-new = There is no such agreement yet. Tick what it is to allow, look at it, and save it.
agreement-make = Make an agreement
agreement-id = Its name, as in summer-letters
extension-registering = being registered
extension-active = runs
extension-disabled = is switched off
extension-removing = is being removed
extension-paused = Not run since { $moment }, since it failed too often:
extension-disable = Switch it off
extension-enable = Switch it on
extension-rollback = Go back to version { $version }
extension-versions = Versions
version-registering = being registered
version-ready = ready
version-refused = refused
extension-usage = What it used
extension-day = Day
extension-events = Events
extension-errors = Errors
extension-withheld = Withheld
extension-duration = Milliseconds
extension-costs = US dollars, estimated
extension-total = All together
