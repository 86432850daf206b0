"""A pull brings a model whole and checked or not at all, over a real connection to this machine."""

import io
import json
import os
import pty
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Result, run
from loopback_hub import COMMIT, REPOSITORY, TOKEN, Hub, hub
from small_models import onnx_network, safetensors, sha256, write_card

HUB = {"huggingface": REPOSITORY, "revision": "unknown"}
WEIGHTS = safetensors(side=300)
FILES = {"model.safetensors": WEIGHTS, "config.json": b'{"hidden_size": 4}'}


@pytest.fixture
def server() -> Iterator[Hub]:
    with hub() as one:
        one.files |= FILES
        one.large = {"model.safetensors"}
        yield one


@pytest.fixture(autouse=True)
def card(tmp_path: Path) -> None:
    write_card(tmp_path / "cards", list(FILES), HUB)


def environment(folder: Path, server: Hub | None) -> dict[str, str]:
    inherited = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("COMPLIANCE_", "HF_", "TRANSFORMERS_"))
        and "proxy" not in key.lower()
    }
    return inherited | {
        "COMPLIANCE_CARDS": str(folder / "cards"),
        "COMPLIANCE_MODELS": str(folder / "models"),
        "HF_HOME": str(folder / "hub-home"),
        "HF_ENDPOINT": server.endpoint if server else "http://127.0.0.1:9",
    }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "compliance.cli.main", "models", *arguments]


def models(
    folder: Path, server: Hub | None, *arguments: str, prefix: tuple[str, ...] = (), **extra: str
) -> Result:
    done = subprocess.run(
        [*prefix, *command(*arguments)],
        cwd=folder,
        env=environment(folder, server) | extra,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    return Result(done.returncode, done.stdout, done.stderr)


def pull(folder: Path, server: Hub | None, **extra: str) -> Result:
    return models(folder, server, "pull", "small", "--accept", **extra)


def refusal(result: Result, folder: Path, code: int = 2) -> str:
    """The one paragraph of an error, after which the model is not there."""
    lines = result.err.strip().splitlines()
    assert result.code == code, (result.out, result.err)
    assert len(lines) == 1, result.err
    assert "Traceback" not in result.err
    assert not (folder / "models" / "small").exists()
    return lines[0]


def leftovers(folder: Path) -> list[str]:
    below = folder / "models"
    return sorted(str(path.relative_to(below)) for path in below.rglob("*") if path.is_file())


def test_a_pull_leaves_the_files_and_a_receipt_and_nothing_else(
    tmp_path: Path, server: Hub
) -> None:
    result = pull(tmp_path, server)
    assert result.code == 0, result.err
    assert leftovers(tmp_path) == [f"small/{n}" for n in sorted([*FILES, "receipt.json"])]
    for name, content in FILES.items():
        assert (tmp_path / "models/small" / name).read_bytes() == content
        assert sha256(content) in result.out
    receipt = json.loads((tmp_path / "models/small/receipt.json").read_text())
    assert receipt["revision"] == COMMIT
    assert receipt["source"] == f"huggingface {REPOSITORY}"
    assert {one["path"]: one["sha256"] for one in receipt["files"]} == {
        name: sha256(content) for name, content in FILES.items()
    }
    for said in (COMMIT, "Apache-2.0", "commercial use", "Made in a test"):
        assert said in result.out
    assert not (tmp_path / "hub-home").exists(), "the hub's client kept a cache of its own"
    assert {path.split("/")[1] for path, _ in server.asked} == {"api", "somebody", "storage"}
    assert models(tmp_path, None, "verify", "small").code == 0


def test_a_second_pull_asks_nobody_anything(tmp_path: Path, server: Hub) -> None:
    pull(tmp_path, server)
    server.asked.clear()
    result = pull(tmp_path, server)
    assert (result.code, server.asked) == (0, [])
    assert "already here" in result.out


def test_a_pull_over_a_damaged_model_says_how_to_replace_it(tmp_path: Path, server: Hub) -> None:
    pull(tmp_path, server)
    path = tmp_path / "models/small/model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\x7f")
    result = pull(tmp_path, server)
    assert result.code == 2
    assert "models remove small" in result.err


def test_the_card_s_commit_is_asked_for_and_another_is_refused(tmp_path: Path, server: Hub) -> None:
    write_card(tmp_path / "cards", list(FILES), {**HUB, "revision": "f" * 40})
    assert "no such" in refusal(pull(tmp_path, server), tmp_path)
    write_card(tmp_path / "cards", list(FILES), {**HUB, "revision": COMMIT})
    assert pull(tmp_path, server).code == 0
    write_card(tmp_path / "cards", list(FILES), {**HUB, "revision": "f" * 40})
    result = models(tmp_path, server, "verify", "small")
    assert result.code == 2
    assert "another commit" in result.out


def test_a_broken_connection_is_taken_up_at_once(tmp_path: Path, server: Hub) -> None:
    server.cut["model.safetensors"] = 100_000
    assert pull(tmp_path, server).code == 0
    assert server.sent["model.safetensors"] == len(WEIGHTS)
    assert server.requests("/storage/")[1]["range"] == "bytes=100000-"


@pytest.mark.parametrize("large", [True, False])
def test_the_next_pull_fetches_only_what_is_missing(
    tmp_path: Path, server: Hub, large: bool
) -> None:
    server.large = {"model.safetensors"} if large else set()
    server.cut["model.safetensors"] = 0  # nothing comes at all, so that it is not tried again
    assert "connection" in refusal(pull(tmp_path, server), tmp_path)
    # Cut off for good after a part: what the process would find after it was killed.
    part = tmp_path / "models/.partial/small/files/model.safetensors.part"
    part.write_bytes(WEIGHTS[:250_000])
    server.sent.clear()
    server.asked.clear()
    result = pull(tmp_path, server)
    assert result.code == 0, result.err
    assert server.sent["model.safetensors"] == len(WEIGHTS) - 250_000
    assert (tmp_path / "models/small/model.safetensors").read_bytes() == WEIGHTS
    assert leftovers(tmp_path) == [f"small/{n}" for n in sorted([*FILES, "receipt.json"])]


def test_an_interrupted_pull_exits_130_and_keeps_what_came(tmp_path: Path, server: Hub) -> None:
    listener = socket.create_server(("127.0.0.1", 0))  # takes connections and never answers
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    write_card(tmp_path / "cards", ["model.safetensors"], {"url": address})
    process = subprocess.Popen(
        command("pull", "small", "--accept"),
        cwd=tmp_path,
        env=environment(tmp_path, server),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    connection, _ = listener.accept()
    with connection, listener:
        connection.sendall(
            b'HTTP/1.1 200 OK\r\nETag: "one"\r\nContent-Length: 9000000\r\n\r\n' + bytes(3_000_000)
        )
        part = tmp_path / "models/.partial/small/files/model.safetensors.part"
        while not part.is_file() or part.stat().st_size == 0:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert "takes it up" in refusal(Result(process.returncode, out, err), tmp_path, code=130)
    assert part.stat().st_size > 0


def test_a_part_of_another_version_is_not_joined_to_this_one(tmp_path: Path, server: Hub) -> None:
    """The file behind an address may change between two pulls, and its digest be unknown."""
    address = {"url": f"{server.endpoint}/plain"}
    write_card(tmp_path / "cards", ["model.safetensors"], address)
    server.status["/plain/"] = 500
    assert "500" in refusal(pull(tmp_path, server), tmp_path)
    files = tmp_path / "models/.partial/small/files"
    (files / "model.safetensors.part").write_bytes(safetensors(seed=1, side=300)[:200_000])
    (files / "model.safetensors.part.validator").write_text('"of another version"')
    server.status.clear()
    assert pull(tmp_path, server).code == 0
    assert (tmp_path / "models/small/model.safetensors").read_bytes() == WEIGHTS


def test_a_part_of_another_commit_is_thrown_away(tmp_path: Path, server: Hub) -> None:
    server.cut["model.safetensors"] = 0
    refusal(pull(tmp_path, server), tmp_path)
    (tmp_path / "models/.partial/small/files/config.json").write_bytes(b'{"of": "the old commit"}')
    server.commit = "a" * 40
    assert pull(tmp_path, server).code == 0
    assert (tmp_path / "models/small/config.json").read_bytes() == FILES["config.json"]


def test_a_digest_on_the_card_that_differs_keeps_nothing(tmp_path: Path, server: Hub) -> None:
    wrong = {"model.safetensors": "0" * 64, "config.json": sha256(FILES["config.json"])}
    write_card(tmp_path / "cards", wrong, HUB)
    said = refusal(pull(tmp_path, server), tmp_path)
    assert "0" * 64 in said and sha256(WEIGHTS) in said
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize("name", sorted(FILES))
def test_bytes_that_the_hub_did_not_announce_keep_nothing(
    tmp_path: Path, server: Hub, name: str
) -> None:
    """A mirror in between changed one byte; the card has no digest, the hub's list has one."""
    part = tmp_path / "models/.partial/small/files"
    server.cut["model.safetensors"] = 0
    server.status[f"/{REPOSITORY}/resolve/{COMMIT}/config.json"] = 500
    refusal(pull(tmp_path, server), tmp_path)
    server.status.clear()
    part.mkdir(parents=True, exist_ok=True)
    changed = bytearray(FILES[name])
    changed[-3] ^= 1
    (part / name).write_bytes(changed)
    said = refusal(pull(tmp_path, server), tmp_path)
    assert ("where it came from" if name in server.large else "git blob") in said
    assert leftovers(tmp_path) == []


def test_without_a_terminal_or_accept_nothing_is_recorded(tmp_path: Path, server: Hub) -> None:
    result = models(tmp_path, server, "pull", "small")
    assert "--accept" in refusal(result, tmp_path)
    assert sha256(WEIGHTS) in result.out
    server.sent.clear()
    assert pull(tmp_path, server).code == 0
    assert server.sent.get("model.safetensors") is None, "what had come was fetched again"


@pytest.mark.parametrize(("answer", "code"), [(b"y\n", 0), (b"n\n", 2)])
def test_on_a_terminal_the_user_is_asked(
    tmp_path: Path, server: Hub, answer: bytes, code: int
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    done = subprocess.run(
        command("pull", "small"),
        cwd=tmp_path,
        env=environment(tmp_path, server),
        stdin=theirs,
        capture_output=True,
        text=True,
        check=False,
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert "accept?" in done.stderr
    assert (tmp_path / "models/small").exists() == (code == 0)
    assert bool(leftovers(tmp_path)) == (code == 0)


@pytest.mark.parametrize("use", ["no", "unknown"])
def test_a_forbidden_licence_is_refused_before_a_byte_is_fetched(
    tmp_path: Path, server: Hub, use: str
) -> None:
    write_card(tmp_path / "cards", list(FILES), HUB, commercial_use=use, licence="research only")
    assert "research only" in refusal(pull(tmp_path, server), tmp_path)
    assert server.asked == []
    assert pull(tmp_path, server, COMPLIANCE_COMMERCIAL="false").code == 0


def test_one_forbidden_model_among_several_stops_all(tmp_path: Path, server: Hub) -> None:
    write_card(tmp_path / "cards", list(FILES), HUB, name="other", commercial_use="no")
    result = models(tmp_path, server, "pull", "small", "other", "--accept")
    refusal(result, tmp_path)
    assert server.asked == []


def test_a_file_that_the_hub_lacks_is_named_before_anything_is_fetched(
    tmp_path: Path, server: Hub
) -> None:
    write_card(tmp_path / "cards", [*FILES, "absent.json"], HUB)
    assert "absent.json" in refusal(pull(tmp_path, server), tmp_path)
    assert "model.safetensors" not in server.sent


def test_no_network_is_one_paragraph(tmp_path: Path) -> None:
    said = refusal(pull(tmp_path, None), tmp_path)
    assert "cannot be reached" in said and "--from" in said


@pytest.mark.parametrize("name", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_whoever_says_offline_is_obeyed(tmp_path: Path, server: Hub, name: str) -> None:
    assert name in refusal(pull(tmp_path, server, **{name: "1"}), tmp_path)
    assert server.asked == []


def test_a_gated_model_needs_a_token_which_goes_to_the_hub_alone(
    tmp_path: Path, server: Hub
) -> None:
    server.gated = True
    assert "HF_TOKEN" in refusal(pull(tmp_path, server), tmp_path)
    server.asked.clear()
    assert pull(tmp_path, server, HF_TOKEN=TOKEN).code == 0
    assert server.requests("/resolve/")[0]["authorization"] == f"Bearer {TOKEN}"
    assert "authorization" not in server.requests("/storage/")[0]


@pytest.mark.parametrize(("status", "said"), [(404, "no such"), (401, "HF_TOKEN"), (503, "503")])
@pytest.mark.parametrize("where", ["/api/", f"/{REPOSITORY}/"])
def test_a_hub_that_refuses_is_one_paragraph(
    tmp_path: Path, server: Hub, status: int, said: str, where: str
) -> None:
    server.status[where] = status
    assert said in refusal(pull(tmp_path, server), tmp_path)


def test_what_is_no_hub_is_one_paragraph(tmp_path: Path, server: Hub) -> None:
    server.files["login.html"] = b"<html>Please log in</html>"
    result = pull(tmp_path, server, HF_ENDPOINT=f"{server.endpoint}/plain/login.html?x=")
    assert "no Hugging Face hub" in refusal(result, tmp_path)


@pytest.mark.parametrize("name", ["model.safetensors", "weights.onnx", "vocab.txt"])
def test_a_pickle_under_another_name_is_refused(tmp_path: Path, server: Hub, name: str) -> None:
    import pickle

    server.files[name] = pickle.dumps({"weights": [1.0]})
    server.large = set()
    write_card(tmp_path / "cards", [name], HUB)
    said = refusal(pull(tmp_path, server), tmp_path)
    assert "pickle" in said and "safetensors or ONNX" in said
    assert leftovers(tmp_path) == []


def test_files_below_an_address_are_pulled_and_longer_ones_refused(
    tmp_path: Path, server: Hub
) -> None:
    server.files["onnx/small.onnx"] = onnx_network()
    write_card(tmp_path / "cards", ["onnx/small.onnx"], {"url": f"{server.endpoint}/plain/"})
    path = tmp_path / "cards/small.yaml"
    path.write_text(path.read_text().replace('sha256: "unknown"', "size: 20"))
    assert "20 bytes" in refusal(pull(tmp_path, server), tmp_path)
    write_card(tmp_path / "cards", ["onnx/small.onnx"], {"url": f"{server.endpoint}/plain/"})
    assert pull(tmp_path, server, HF_TOKEN=TOKEN).code == 0
    assert (tmp_path / "models/small/onnx/small.onnx").read_bytes() == onnx_network()
    assert all("authorization" not in headers for _, headers in server.asked)


def archive(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return buffer.getvalue()


def test_an_archive_gives_its_files_by_name_and_nothing_else(tmp_path: Path, server: Hub) -> None:
    evil = {"../../escaped.txt": b"out", "/tmp/escaped.txt": b"out", "other.bin": b"\x80\x04x"}
    server.files["pack.zip"] = archive({"small.onnx": onnx_network(), **evil})
    write_card(tmp_path / "cards", ["small.onnx"], {"url": f"{server.endpoint}/plain/pack.zip"})
    assert pull(tmp_path, server).code == 0
    assert leftovers(tmp_path) == ["small/receipt.json", "small/small.onnx"]
    assert not list(tmp_path.rglob("escaped.txt"))


@pytest.mark.parametrize("damage", ["cut", "absent", "flipped"])
def test_a_bad_archive_keeps_nothing(tmp_path: Path, server: Hub, damage: str) -> None:
    good = archive({"small.onnx": onnx_network()})
    flipped = bytearray(good)
    flipped[60] ^= 0xFF
    bad = {"cut": good[:-30], "absent": archive({"b.onnx": b""}), "flipped": bytes(flipped)}
    server.files["pack.zip"] = bad[damage]
    write_card(tmp_path / "cards", ["small.onnx"], {"url": f"{server.endpoint}/plain/pack.zip"})
    refusal(pull(tmp_path, server), tmp_path)
    assert leftovers(tmp_path) == []


def test_a_full_disk_is_one_paragraph_and_the_pull_goes_on_later(
    tmp_path: Path, server: Hub
) -> None:
    """A real small file system, where the kernel lets us mount one in a namespace of our own."""
    probe = ["unshare", "-rm", "sh", "-c", f"mount -t tmpfs -o size=128k none {tmp_path}"]
    if not shutil.which("unshare") or subprocess.run(probe, check=False).returncode:
        pytest.skip("this kernel lets nobody mount a file system in a namespace")
    (tmp_path / "models").mkdir()
    mount = f'mount -t tmpfs -o size=128k none {tmp_path}/models && "$@"; code=$?; '
    look = f"ls {tmp_path}/models; exit $code"
    prefix = ("unshare", "-rm", "sh", "-c", mount + look, "sh")
    announced = models(tmp_path, server, "pull", "small", "--accept", prefix=prefix)
    assert "no room left" in refusal(announced, tmp_path)
    assert "model.safetensors" not in server.sent, "the hub says the size beforehand"
    write_card(tmp_path / "cards", list(FILES), {"url": f"{server.endpoint}/plain"})
    found_out = models(tmp_path, server, "pull", "small", "--accept", prefix=prefix)
    assert "no room left" in refusal(found_out, tmp_path)
    assert "small" not in found_out.out.split()
    assert pull(tmp_path, server).code == 0


def test_a_file_that_may_not_grow_is_one_paragraph(tmp_path: Path, server: Hub) -> None:
    """The limit of a process on the size of files, which works for every user on every kernel."""
    done = subprocess.run(
        command("pull", "small", "--accept"),
        cwd=tmp_path,
        env=environment(tmp_path, server),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    result = Result(done.returncode, done.stdout, done.stderr)
    assert "no room left" in refusal(result, tmp_path)
    server.sent.clear()
    assert pull(tmp_path, server).code == 0
    assert server.sent["model.safetensors"] < len(WEIGHTS)


def test_a_folder_that_cannot_be_written_is_one_paragraph(tmp_path: Path, server: Hub) -> None:
    # Even root cannot make a folder here, so that the test means the same for everybody.
    result = pull(tmp_path, server, COMPLIANCE_MODELS="/proc/self/fd/models")
    assert "COMPLIANCE_MODELS" in refusal(result, tmp_path)
    assert "model.safetensors" not in server.sent


def test_two_pulls_of_one_model_do_not_mix(tmp_path: Path, server: Hub) -> None:
    import fcntl

    place = tmp_path / "models/.partial"
    place.mkdir(parents=True)
    with (place / "small.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another process" in refusal(pull(tmp_path, server), tmp_path)
    assert pull(tmp_path, server).code == 0


def test_what_a_package_carries_is_not_fetched(tmp_path: Path) -> None:
    result = run("models", "pull", "dlib-face-resnet", "--accept", cwd=tmp_path)
    assert result.code == 0, result.err
    assert "nothing to fetch" in result.out
