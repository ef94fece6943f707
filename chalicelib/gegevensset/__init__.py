"""The data standard: one table per version says everything, the code only walks it (house 2)."""
