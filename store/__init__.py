"""
SQL and nothing but SQL: engine, tables, row rights, one module per topic. Returns frozen values.
"""
