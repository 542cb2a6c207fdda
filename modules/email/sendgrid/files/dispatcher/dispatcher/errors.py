"""What can happen to a mail on its way, told apart by what may be done then."""

from __future__ import annotations


class Refused(Exception):
    """Nobody will take it as it is: it goes to the dead letters at once, with why."""


class NotAccepted(Exception):
    """The provider did not take it: another may."""


class Uncertain(Exception):
    """It was sent, and no answer came: the provider may have taken it. Another may only after that is known."""


class Waits(Exception):
    """It comes again later; says what it waits for."""
