"""Every error the package raises on purpose, in one tree.

::

    ComplianceError
    ├── UsageError            the caller can mend it: exit code 2
    │   ├── PolicyError       a policy file does not load
    │   └── SettingsError     a setting or environment variable is wrong
    ├── MediaError            media is missing, forbidden or cannot be decoded
    ├── ModelError            a model cannot be used: exit code 2
    │   ├── DigestMismatch    a file is not the one its card describes
    │   ├── LicenceRefused    the settings forbid the licence on the card
    │   ├── ModelRefused      a file can run code or is damaged, or its card or receipt is
    │   └── ModelMissing      the file that the card names is not there
    │       └── ModelIncomplete   something of the model is there, so that it is installed and broken
    ├── AnalyzerError         an analyzer broke its contract or failed
    ├── BankError             a bank is missing, empty or refuses an entry
    ├── ProvenanceError       reading, signing or verifying failed
    ├── NotLetThrough         a file went out that nothing lets through: exit code 11
    ├── StoreError            the database cannot be read or written
    └── PluginError           a plug-in does not load or is declared twice

Each carries what was expected, what was there, where, and the command that mends it; the text of the
error is one paragraph made from these four.
"""

from __future__ import annotations


class ComplianceError(Exception):
    """Base of the tree.

    Args:
        message: what went wrong, one sentence without a full stop at the end.
        expected: what should have been there.
        found: what was there instead.
        where: file, field, stream or rule that the error is about.
        fix: the command or the edit that mends it.
    """

    exit_code = 2

    def __init__(
        self,
        message: str,
        *,
        expected: str = "",
        found: str = "",
        where: str = "",
        fix: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.expected = expected
        self.found = found
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        """Return one paragraph: where, what, expected, found, fix."""
        head = f"{self.where}: {self.message}" if self.where else self.message
        sentences = [head.rstrip(".") + "."]
        if self.expected:
            sentences.append(f"Expected {self.expected.rstrip('.')}.")
        if self.found:
            sentences.append(f"Found {self.found.rstrip('.')}.")
        if self.fix:
            sentences.append(f"To mend it: {self.fix.rstrip('.')}.")
        return " ".join(sentences)


class UsageError(ComplianceError):
    """The call or a file that came with it is wrong."""


class PolicyError(UsageError):
    """A policy does not load; ``str()`` lists every diagnostic with its line and a caret."""


class SettingsError(UsageError):
    """A setting is unknown or out of range."""


class MediaError(ComplianceError):
    """Media is missing, of a forbidden format, or cannot be decoded."""


class ModelError(ComplianceError):
    """A model cannot be used."""


class DigestMismatch(ModelError):
    """A model file differs from the SHA-256 on its card."""


class LicenceRefused(ModelError):
    """The settings do not allow the licence on the card."""


class ModelRefused(ModelError):
    """A model's file, card or receipt is not of a kind that is loaded."""


class ModelMissing(ModelError):
    """The file that a card names is not on this machine."""


class ModelIncomplete(ModelMissing):
    """Something of a model is on this machine, but not all that is needed: it is installed and broken."""


class AnalyzerError(ComplianceError):
    """An analyzer failed or broke its contract."""


class BankError(ComplianceError):
    """A bank is missing, or refuses what it was given."""


class ProvenanceError(ComplianceError):
    """Reading, signing or verifying provenance failed."""


class NotLetThrough(ComplianceError):
    """No verdict approves, and no clearance clears, what is said to be published."""

    exit_code = 11


class StoreError(ComplianceError):
    """The database cannot be read or written."""


class PluginError(ComplianceError):
    """A plug-in does not load, or two distributions declare the same name."""
