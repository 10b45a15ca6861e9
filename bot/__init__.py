"""
The engine room between the platforms and the use cases: events, routing, one transaction per event, delivery.
"""
