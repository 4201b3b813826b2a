"""Notes on which day of the week somebody signed up."""

from datetime import datetime


def handle(event, context):
    day = datetime.fromisoformat(event["time"])
    print(f"{event['id']}: {day:%A}")
    return {"traits": {"signed_up_on": f"{day:%A}"}}
