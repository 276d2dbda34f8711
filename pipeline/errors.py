"""The errors that stop a run, drawn as a tree. Trouble with one page is a `Failure` value and never raised.

ThresherError            exit code
  UsageError             2   the command line asks for what cannot be
    OutputError          2   OUT would harm an input, or cannot be written
    NothingError         3   there is nothing to clean
  SettingsError          2   a setting, or the file that holds it, is wrong
    RuleError            2   a rule of the rule book is wrong, or fails its own examples
  StateError             2   the memory of earlier runs is damaged, in use, or of another version
"""


class ThresherError(Exception):
    """Something that stops the run before, or instead of, cleaning. The message says what, where and what to do."""

    exit_code = 2


class UsageError(ThresherError):
    """The command line asks for something that cannot be."""


class OutputError(UsageError):
    """The output folder lies inside an input, or cannot be written."""


class NothingError(UsageError):
    """There is no input at all, or none of the sort that was asked for."""

    exit_code = 3


class SettingsError(ThresherError):
    """A setting is unknown or has a value that makes no sense."""


class RuleError(SettingsError):
    """A rule is malformed, or does not do what its own examples say."""


class StateError(ThresherError):
    """What earlier runs know (of duplicates, or of the web) is damaged, in use, or made by another version."""
