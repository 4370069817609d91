class ClientPoolError(Exception):
    """Something that a user can put right: the text says what happened, where, and what to do next."""


class ConfigurationError(ClientPoolError):
    """A setting that cannot be followed; the text names the file and the key."""
