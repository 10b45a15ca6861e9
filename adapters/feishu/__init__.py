"""
Feishu 飞书.
"""
