"""Why a client must not be shared, or a change may not keep what the program does."""
