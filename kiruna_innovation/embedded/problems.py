"""What can go wrong at the start and is the reader's to mend."""


class Problem(Exception):
    """A sentence for the person at the terminal: what is wrong and what to do. It is shown without a traceback."""
