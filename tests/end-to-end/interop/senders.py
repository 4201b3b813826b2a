"""The clients by which partners send and receive, made to do one thing.

In comes an instruction as JSON on the standard input, out goes what came of it as JSON on the
standard output.
"""

import json
import re
import sys
from datetime import datetime, timezone

import requests

TIMEOUT = 30


def sdk(instruction):
    """Makes the calls of an SDK, and says what it took for a failure."""
    if instruction["library"] == "segment":
        from segment.analytics.client import Client
    else:
        from rudderstack.analytics.client import Client

    failures = []
    client = Client(
        instruction["write_key"],
        host=instruction["url"],
        gzip=instruction["gzip"],
        max_retries=3,
        timeout=TIMEOUT,
        on_error=lambda error, _: failures.append(str(error)),
    )
    for call in instruction["calls"]:
        arguments = {snake_case(name): value for name, value in call["with"].items()}
        getattr(client, call["name"])(**arguments)
    client.flush()
    client.join()
    return {"failures": failures}


def snake_case(name):
    """What Python calls a member of Segment's messages."""
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def events(instruction):
    """Sends one event in both modes."""
    from cloudevents.core.bindings.http import to_binary_event, to_structured_event
    from cloudevents.core.v1.event import CloudEvent

    attributes = dict(instruction["attributes"], time=datetime.now(timezone.utc))
    event = CloudEvent(attributes=attributes, data=instruction["data"])
    answers = []
    for message in (to_binary_event(event), to_structured_event(event)):
        headers = dict(message.headers, authorization="Bearer " + instruction["token"])
        answers.append(post(instruction["url"], headers, message.body))
    return answers


def webhook(instruction):
    """Signs a message, and sends it, sends it again, and sends another one with its signature."""
    from standardwebhooks.webhooks import Webhook

    body = json.dumps(instruction["message"])
    now = datetime.now(timezone.utc)
    signature = Webhook(instruction["secret"]).sign(instruction["id"], now, body)
    headers = {
        "content-type": "application/json",
        "webhook-id": instruction["id"],
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }
    bodies = (body, body, body + " ")
    return [post(instruction["url"], headers, each.encode()) for each in bodies]


def received(instruction):
    """Reads a webhook as its receiver: which secrets prove who sent it, and what it says."""
    from cloudevents.core.bindings.http import HTTPMessage, from_http_event
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError

    headers, body = instruction["headers"], instruction["body"]

    def proves(secret, text):
        try:
            Webhook(secret).verify(text, headers)
        except WebhookVerificationError:
            return False
        return True

    event = from_http_event(HTTPMessage(headers, body.encode()))
    return {
        "proven": [proves(secret, body) for secret in instruction["secrets"]],
        "proven_when_changed": [proves(secret, body + " ") for secret in instruction["secrets"]],
        "event": {
            "id": event.get_id(),
            "type": event.get_type(),
            "subject": event.get_subject(),
            "data": event.get_data(),
        },
    }


def post(url, headers, body):
    answer = requests.post(url, headers=headers, data=body, timeout=TIMEOUT)
    return {"status": answer.status_code, "body": answer.json()}


if __name__ == "__main__":
    given = json.load(sys.stdin)
    actions = {"sdk": sdk, "events": events, "webhook": webhook, "received": received}
    done = actions[given["do"]](given)
    json.dump(done, sys.stdout)
