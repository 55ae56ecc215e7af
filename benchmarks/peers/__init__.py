"""OIMG beside other tools: bytes at equal score, bytes at an equal floor, seconds and memory. See README.md."""
