"""
Protocol translators, one folder per platform.
"""
