"""
Understanding Chinese sales messages: registrations, amounts, phones, follow-ups, times, regions.
"""
