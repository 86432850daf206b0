"""Settings: environment over file over defaults, and nothing misspelt goes unnoticed."""

import os
from pathlib import Path

import pytest

from compliance.errors import SettingsError
from compliance.settings import Settings, load_settings, private_folder


@pytest.fixture(autouse=True)
def _empty_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_defaults_lie_in_the_working_directory_and_touch_nothing(tmp_path: Path) -> None:
    settings = load_settings({})
    assert settings.home == tmp_path / ".compliance"
    assert settings.database_url == f"sqlite:///{tmp_path}/.compliance/compliance.sqlite3"
    assert settings.threads == len(os.sched_getaffinity(0))
    assert list(tmp_path.iterdir()) == []


def test_folders_and_database_follow_home(tmp_path: Path) -> None:
    settings = load_settings({"COMPLIANCE_HOME": "elsewhere"})
    assert settings.database_url == f"sqlite:///{tmp_path}/elsewhere/compliance.sqlite3"
    folders = {settings.runs.name, settings.keys.name, settings.signing.name}
    assert folders == {"runs", "keys", "signing"}
    assert settings.runs.parent == Path("elsewhere")


def test_environment_wins_over_file_and_file_over_default(tmp_path: Path) -> None:
    (tmp_path / "compliance.yaml").write_text("device: cpu\nthreads: 3\ncommercial: false\n")
    settings = load_settings({"COMPLIANCE_THREADS": "2", "PATH": "/bin"})
    assert (settings.device, settings.threads, settings.commercial) == ("cpu", 2, False)


def test_a_misspelt_variable_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(SettingsError, match="did you mean COMPLIANCE_THREADS"):
        load_settings({"COMPLIANCE_THREAD": "2"})


def test_a_misspelt_line_is_an_error_with_a_suggestion(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text("devise: cpu\n")
    with pytest.raises(SettingsError, match="did you mean device"):
        load_settings({}, file)


def test_the_master_key_is_no_setting() -> None:
    settings = load_settings({"COMPLIANCE_MASTER_KEY": "c2VjcmV0", "COMPLIANCE_TEST_DATA": "d"})
    assert "c2VjcmV0" not in settings.model_dump_json()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COMPLIANCE_DEVICE", "gpu"),
        ("COMPLIANCE_THREADS", "0"),
        ("COMPLIANCE_THREADS", "many"),
        ("COMPLIANCE_MAX_SECONDS", "nan"),
        ("COMPLIANCE_MAX_SECONDS", "inf"),
        ("COMPLIANCE_MAX_PIXELS", "-1"),
        ("COMPLIANCE_COMMERCIAL", "perhaps"),
        ("COMPLIANCE_DATABASE_URL", ""),
    ],
)
def test_a_value_out_of_range_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({variable: value})
    assert caught.value.where == variable
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize("text", ["- a\n- b\n", "device: [cpu\n", "device: cpu\ndevice: cuda:0\n"])
def test_a_file_that_is_no_mapping_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "compliance.yaml").write_text(text)
    with pytest.raises(SettingsError, match=r"compliance\.yaml"):
        load_settings({})


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings({}, tmp_path / "absent.yaml")


def test_private_folders_are_closed_to_others(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "home" / "keys")
    modes = [path.stat().st_mode & 0o777 for path in (folder, folder.parent)]
    assert modes == [0o700, 0o700]
    assert private_folder(folder) == folder


def test_a_file_in_the_place_of_a_folder_is_one_paragraph(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(SettingsError, match="COMPLIANCE_HOME"):
        private_folder(tmp_path / "home" / "keys")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().device = "cpu"  # type: ignore[misc]


def test_countries_are_those_whose_national_numbers_are_known() -> None:
    assert load_settings({"COMPLIANCE_PII_LOCALES": "us, de"}).pii_locales == ("DE", "US")
    with pytest.raises(SettingsError, match="no national numbers of FR, ZZ, only of CA, DE"):
        load_settings({"COMPLIANCE_PII_LOCALES": "de,zz,fr"})
