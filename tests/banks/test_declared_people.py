"""Whom a release declares: one person, by a name that policies compare."""

import pytest

from compliance.banks.find import Known, check_declared
from compliance.errors import UsageError
from compliance.findings import Reference


def person(bank: str, entry: str, name: str, *aliases: str) -> Known:
    return Known(Reference(bank=bank, entry=entry, label=name), (name, *aliases))


ANN = person("talent", "ann-example", "Ann Example", "Annie")


@pytest.mark.parametrize("name", ["talent/ann-example", "ann-example", "Ann Example"])
def test_id_entry_and_name_declare_a_person(name: str) -> None:
    check_declared([ANN, person("staff", "bob", "Bob")], [name])


@pytest.mark.parametrize(
    "name", ["Annie", "ann example", "talent/ann-exampel", "Talent/Ann-Example", ""]
)
def test_a_name_that_policies_would_not_compare_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        check_declared([ANN], [name])


@pytest.mark.parametrize("other", ["talent/ann-example", "ann-example", "Ann Example"])
def test_a_name_that_would_declare_somebody_else_too_is_refused(other: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_declared([ANN, person("staff", "x", other)], [other])
    assert "staff/x" in str(caught.value)
