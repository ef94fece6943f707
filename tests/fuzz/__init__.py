"""Hostile input by the hundred thousand: seeded, reproducible, with a corpus that is kept (`make fuzz`)."""
