"""The imports of a file that is fixed: where they go, how they are written, and which of them can go."""
