"""Optional packages stay out of a library's import, and out of nobody else's."""

import subprocess
import sys
import threading

import pytest

from compliance.text.personal.lean_import import without


def test_an_import_fails_inside_and_works_after() -> None:
    sys.modules.pop("colorsys", None)
    with without("colorsys"), pytest.raises(ModuleNotFoundError):
        import colorsys
    import colorsys  # noqa: F401


def test_another_thread_is_not_touched() -> None:
    sys.modules.pop("colorsys", None)
    with without("colorsys"):
        thread = threading.Thread(target=__import__, args=("colorsys",))
        thread.start()
        thread.join()
        assert "colorsys" in sys.modules


def test_reading_personal_data_imports_no_neural_network_library() -> None:
    code = (
        "import sys; from compliance.text.personal.recognisers import Recognisers; Recognisers();"
        "print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
