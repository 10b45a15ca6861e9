"""
Jobs as code, due slots as rows.
"""
