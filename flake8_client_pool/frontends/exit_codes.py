"""How a process of the command line ends."""

FOUND_NOTHING = 0
FOUND_SOMETHING = 1
COULD_NOT_RUN = 2
# What a shell reports for a process that ended at the interrupt signal.
INTERRUPTED = 130
