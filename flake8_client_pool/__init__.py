"""Find Google Cloud clients that are built outside the pool, and say what to write instead."""

__version__ = "0.1.0"
