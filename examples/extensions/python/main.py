"""Greets whoever ordered, by the country of the order."""

GREETINGS = {"DE": "Guten Tag", "FR": "Bonjour", "IT": "Buongiorno"}


def handle(event, context):
    country = event["data"]["country"]
    greeting = GREETINGS.get(country, "Hello")
    print(f"{country}: {greeting}")
    return {"traits": {"greeting": greeting}, "output": {"greeting": greeting}}
