"""What holds for all tests."""

from hypothesis import settings

# Machines differ and are shared: no test judges by the clock.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")
