"""
Use cases and chat handlers, one module per topic.
"""
