"""What a person who starts the program is told when it cannot start."""


class SetupError(Exception):
    """Raised when the machine or its settings do not allow what was asked, in one clear sentence."""
