"""
Benchmarks and the corpora they judge by; `python3 dev.py bench [name]` runs them.

Nothing here is imported by the product.
"""
