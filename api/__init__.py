"""The doors: HTTP, command line and migrations, and the one place where the parts are put together.

Guarantees: this is the only package that reads the environment, the wall clock and the system's randomness, and the
only one that knows HTTP. Not here: any decision about who sees what. A door passes a question inward and lets out only
what came back projected.
"""
