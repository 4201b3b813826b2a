"""The Extended Clients of SQS and SNS for Python, made to do one thing.

In comes an instruction as JSON on the standard input, out goes what came of it as JSON on the
standard output. Endpoint, region and credentials are in the environment, where boto3 looks.
"""

import json
import sys

import boto3


def make(instruction):
    """A bucket, and a queue that topics may deliver to."""
    region = boto3.session.Session().region_name
    boto3.client("s3").create_bucket(
        Bucket=instruction["name"], CreateBucketConfiguration={"LocationConstraint": region}
    )
    sqs = boto3.client("sqs")
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": "*",
            }
        ],
    }
    url = sqs.create_queue(
        QueueName=instruction["name"], Attributes={"Policy": json.dumps(policy)}
    )["QueueUrl"]
    return {"queue_url": url}


def send(instruction):
    """Sends a message to the queue."""
    import sqs_extended_client  # replaces boto3's session

    sqs = boto3.client("sqs")
    sqs.large_payload_support = instruction["name"]
    sqs.use_legacy_attribute = instruction["legacy"]
    sqs.send_message(
        QueueUrl=instruction["queue_url"],
        MessageBody=instruction["body"],
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "report"}},
    )
    return {}


def subscribe(instruction):
    """Makes a topic to which the queue is subscribed."""
    topic = boto3.client("sns").create_topic(Name=instruction["name"])["TopicArn"]
    queue = boto3.client("sqs").get_queue_attributes(
        QueueUrl=instruction["queue_url"], AttributeNames=["QueueArn"]
    )
    boto3.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=queue["Attributes"]["QueueArn"],
        Attributes={"RawMessageDelivery": str(instruction["raw"]).lower()},
    )
    return {"topic": topic}


def publish(instruction):
    """Publishes a message on a topic of its own to which the queue is subscribed."""
    import sns_extended_client  # replaces boto3's session

    topic = subscribe(instruction)["topic"]
    sns = boto3.client("sns")
    sns.large_payload_support = instruction["name"]
    sns.use_legacy_attribute = instruction["legacy"]
    sns.publish(
        TopicArn=topic,
        Message=instruction["body"],
        MessageAttributes={"kind": {"DataType": "String", "StringValue": "report"}},
    )
    return {}


def receive(instruction):
    """Receives the next message of the queue."""
    import sqs_extended_client  # replaces boto3's session

    sqs = boto3.client("sqs")
    sqs.large_payload_support = instruction["name"]
    answer = sqs.receive_message(
        QueueUrl=instruction["queue_url"],
        MessageAttributeNames=["All"],
        MaxNumberOfMessages=1,
        WaitTimeSeconds=10,
    )
    [message] = answer["Messages"]
    return {
        "body": message["Body"],
        "attributes": sorted(message.get("MessageAttributes", {})),
        "receipt_handle": message["ReceiptHandle"],
    }


if __name__ == "__main__":
    given = json.load(sys.stdin)
    actions = {
        "make": make,
        "send": send,
        "subscribe": subscribe,
        "publish": publish,
        "receive": receive,
    }
    done = actions[given["do"]](given)
    json.dump(done, sys.stdout)
