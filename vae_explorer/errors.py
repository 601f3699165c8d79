"""The one exception that is meant for the person at the program."""


class UserError(Exception):
    """Something the person can mend. Its text is one sentence or two: what is wrong, and what to do."""
