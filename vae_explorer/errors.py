"""The exception whose text is shown to the user."""


class UserError(Exception):
    """An error that the user can correct. Its text is one or two sentences: what is wrong, and what to do."""
