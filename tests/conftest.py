"""What all tests share."""

from hypothesis import settings

# A busy machine is no fault of the code: no example is timed.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")
