"""
Flask: callbacks, API v1, pages, health.
"""
