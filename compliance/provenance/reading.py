"""From the answer of a C2PA reader to :class:`ManifestReading`. Pure; any value in it may be hostile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from compliance.provenance.manifest import MAX_TEXT, IngredientReading, ManifestReading
from compliance.provenance.statement import VerdictStatement
from compliance.types import canonical_json

TRUST_CODES = frozenset(
    {"signingCredential.untrusted", "signingCredential.expired", "claimSignature.outsideValidity"}
)
"""C2PA status codes that speak of the certificate, not of the bytes."""

MAX_INGREDIENTS = 1000
MAX_STATEMENT_BYTES = 1 << 20
_PASSED = (".validated", ".match", ".trusted", ".accessible", ".insideValidity")
_VERDICT_LABEL = re.compile(r"compliance\.verdict(\.v\d+)?(__\d+)?")

Json = dict[str, Any]

_IN_MANIFEST = frozenset(
    {
        "Assertion",
        "AssertionNotFound",
        "Decoding",
        "Encoding",
        "Json",
        "Manifest",
        "ResourceNotFound",
        "Signature",
        "Verify",
    }
)
"""Library errors that only a file with a manifest can cause."""


def read_answer(answer: bytes) -> ManifestReading:
    """Say what the process that reads manifests found; what is not known to be harmless fails closed.

    Args:
        answer: JSON of what ``c2pa.inspect`` returned; empty or cut where the process ended early.
    """
    try:
        body = json.loads(answer)
    except (ValueError, RecursionError):
        return ManifestReading(
            present=None,
            examined=False,
            intact=False,
            failures=("reader.ended",),
            note="the process that reads manifests ended early: the file is damaged, hostile or too complex",
        )
    try:
        if "error" in body:
            return _unreadable(text(body["error"]), text(body["message"]))
        report = body["report"]
        return ManifestReading(present=False) if report is None else interpret(report)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        # The library handed on what it promises never to: no answer can be drawn from it.
        note = f"the manifest could not be interpreted: {text(str(error))}"
        failure = ("library.Interpretation",)
        return ManifestReading(present=True, intact=False, failures=failure, note=note[:MAX_TEXT])


def interpret(report: Json) -> ManifestReading:
    """Read what the library reported of a file that has a manifest.

    Args:
        report: the reader's JSON with ``active_manifest``, ``manifests``, ``validation_state`` and
            ``validation_results``.

    Raises:
        KeyError, TypeError, AttributeError: the report has not the shape that the library promises.
    """
    manifests: Json = report["manifests"]
    active: Json = manifests[report["active_manifest"]]
    results: Json = report.get("validation_results") or {}
    outcome: Json = results.get("activeManifest") or {}
    failures = tuple(_codes(outcome.get("failure")))
    signature: Json = active.get("signature_info") or {}
    labels = [text(one.get("label")) for one in active.get("assertions", [])]
    verdict, note = _verdict(active)
    return ManifestReading(
        present=True,
        intact=_intact(text(report.get("validation_state")), failures, outcome),
        trusted=report.get("validation_state") == "Trusted",
        identity="not_examined" if any("cawg.identity" in one for one in labels) else "none",
        signer=text(signature.get("common_name")),
        issuer=text(signature.get("issuer")),
        signed_at=text(signature.get("time")) or None,
        claim_generator=_generator(active),
        title=text(active.get("title")),
        digital_source_types=_source_types(active),
        ingredients=tuple(_ingredients(manifests, active, _deltas(results))),
        failures=failures,
        verdict=verdict,
        note=note,
    )


def text(value: Any) -> str:
    """Take over a string from a manifest: valid Unicode, cut at ``MAX_TEXT``; else empty."""
    if not isinstance(value, str):
        return ""
    return value[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _intact(validation_state: str, failures: tuple[str, ...], outcome: Json) -> bool:
    """An expired certificate alone makes the library say "Invalid" though all hashes hold."""
    if validation_state in {"Valid", "Trusted"}:
        return True
    signed = "claimSignature.validated" in _codes(outcome.get("success"))
    return signed and bool(failures) and set(failures) <= TRUST_CODES


def _codes(entries: Any) -> list[str]:
    return [text(entry.get("code")) for entry in entries or []]


def _generator(manifest: Json) -> str:
    named = manifest.get("claim_generator_info") or []
    first: Json = named[0] if named else {}
    both = f"{text(first.get('name'))} {text(first.get('version'))}".strip()
    return (both or text(manifest.get("claim_generator")))[:MAX_TEXT]


def _source_types(manifest: Json) -> tuple[str, ...]:
    """Collect what the actions of one manifest declare, each URI once."""
    found: list[str] = []
    for assertion in manifest.get("assertions", []):
        if text(assertion.get("label")).startswith("c2pa.actions"):
            actions = (assertion.get("data") or {}).get("actions") or []
            found += [text(action.get("digitalSourceType")) for action in actions]
    return tuple(dict.fromkeys(one for one in found if one))


def _deltas(results: Json) -> dict[str, list[str]]:
    """Failures found since an ingredient was added, by the end of its assertion's URI."""
    return {
        text(delta.get("ingredientAssertionURI")).removeprefix("self#jumbf="): _codes(
            (delta.get("validationDeltas") or {}).get("failure")
        )
        for delta in results.get("ingredientDeltas") or []
    }


def _ingredients(
    manifests: Json, active: Json, deltas: dict[str, list[str]]
) -> Iterator[IngredientReading]:
    """Walk ingredients and theirs, each manifest once, at most ``MAX_INGREDIENTS`` in all."""
    todo: list[tuple[Json, int]] = [(active, 1)]
    seen: set[str] = set()
    count = 0
    while todo:
        manifest, depth = todo.pop(0)
        for ingredient in manifest.get("ingredients") or []:
            count += 1
            if count > MAX_INGREDIENTS:
                # What is not looked at must not pass for whole.
                yield IngredientReading(intact=False, failures=("ingredient.tooMany",), depth=depth)
                return
            own = text(ingredient.get("active_manifest"))
            uri = f"/c2pa/{text(manifest.get('label'))}/c2pa.assertions/"
            later = deltas.get(uri + text(ingredient.get("label")), [])
            declared: Json = manifests.get(own) or {}
            yield _ingredient(ingredient, later, declared, depth)
            if declared and own not in seen:
                seen.add(own)
                todo.append((declared, depth + 1))


def _ingredient(
    ingredient: Json, later: list[str], declared: Json, depth: int
) -> IngredientReading:
    results: Json = (ingredient.get("validation_results") or {}).get("activeManifest") or {}
    codes = _codes(results.get("failure")) + later
    codes += [
        code for code in _codes(ingredient.get("validation_status")) if not code.endswith(_PASSED)
    ]
    failures = tuple(sorted(set(codes) - TRUST_CODES))
    has_manifest = bool(ingredient.get("active_manifest"))
    return IngredientReading(
        title=text(ingredient.get("title")),
        relationship=text(ingredient.get("relationship")),
        depth=depth,
        intact=False if failures else (True if has_manifest else None),
        failures=failures,
        digital_source_types=_source_types(declared),
    )


def _verdict(manifest: Json) -> tuple[VerdictStatement | None, str]:
    """Return our own assertion, or None and why it cannot be used."""
    found = [
        one.get("data")
        for one in manifest.get("assertions", [])
        if _VERDICT_LABEL.fullmatch(text(one.get("label")))
    ]
    if not found:
        return None, ""
    if len(found) > 1:
        return None, f"the manifest holds {len(found)} verdict assertions; one was expected"
    raw = canonical_json(found[0])
    if len(raw) > MAX_STATEMENT_BYTES:
        return None, f"the verdict assertion is longer than {MAX_STATEMENT_BYTES} bytes"
    try:
        return VerdictStatement.model_validate_json(raw), ""
    except ValidationError as error:
        return None, f"the verdict assertion has {error.error_count()} fields that do not fit"


def _unreadable(name: str, message: str) -> ManifestReading:
    if message.startswith("Remote") or name == "RemoteManifest":
        address = re.search(r"https?://\S+", message)
        return ManifestReading(
            present=None,
            examined=False,
            remote_url=address and address.group(),
            note="the file names a manifest that lies elsewhere, which is never fetched",
        )
    return ManifestReading(
        present=True if name in _IN_MANIFEST else None,
        examined=name in _IN_MANIFEST,
        intact=False,
        failures=(f"library.{name}",),
        note=message,
    )
