"""Find many names at once in text that may try to hide them.

A name and a text are compared by their letters alone, in three views (:mod:`compliance.text.normalise`);
one Aho-Corasick automaton for each view finds every name in one pass. What stood between the letters is
looked at afterwards, so that ``us her`` is not *Usher* while ``U.s.h.e.r`` is.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from compliance.text.english import is_word
from compliance.text.letters import Letters, in_word, is_honest_word, is_latin
from compliance.text.names.common_words import are_common
from compliance.text.names.cues import Mention
from compliance.text.names.kinds import PERSON, Kind
from compliance.text.names.spellings import (
    LEET_KEYS,
    MISREAD_LETTERS,
    Automaton,
    Halves,
    Spelling,
    spell,
    spell_leet,
    spell_paired,
)
from compliance.text.names.wordmarks import Wordmarks
from compliance.text.normalise import IGNORABLE, LEET, View, normalise

EXACT, LOOKALIKE, LEETSPEAK, MISREAD = 1.0, 0.97, 0.9, 0.8
"""Strength of the evidence that the name stands there: letters equal but for case; equal after folding
look-alikes and accents; after leetspeak or when spelled out letter by letter; one letter off in text that
was read from pixels. A ranking of evidence, not a fitted probability. ``benchmarks/names.py`` measured on
2026-11-20, with 1,152 common names: every one found under each of ten disguises, none in 3,524 benign
prompts; read from pixels with one wrong letter 91 % found, and 6 of those prompts flagged."""

SHORT = 4
"""Letters; a single-word Latin name with fewer needs its exact case and none of the disguises."""
FEW_LETTERS = 6
"""Letters; a name with fewer needs to be one run with more letters than signs to be leetspeak."""
PIECED = 7
"""Letters that a name in pieces needs where the rest of its text is in none, or where all pieces are words."""
NEAR = 200
"""Code points from a name within which other names are read; twice what the words around it take."""

_SPACED = re.compile(r"\s*&\s*")
_NO_WORD = re.compile("[b-df-hj-np-tv-xz]{3}", re.IGNORECASE)
"""No vowel: *bmw* is no other word."""
_ARTICLE = re.compile("the|an?|l[aeo]s?|d[aei][rsen]|ei")
"""Articles, as they are in LEET, at the beginning of a name."""


@dataclass(frozen=True)
class NameMatch:
    """One place where one name stands."""

    row: int
    """Index of the name in the list that the index was built from."""
    start: int
    """First code point, in the original text."""
    end: int
    """Just behind the last code point, in the original text."""
    score: float
    """:data:`EXACT`, :data:`LOOKALIKE`, :data:`LEETSPEAK`, :data:`MISREAD` or a wordmark's
    (:mod:`compliance.text.names.wordmarks`); less where the words around it decide."""
    judged: bool = False
    """The words around it speak for it; alone it says nothing."""


class NameIndex:
    """Names, ready to be found.

    Automata are built when the first text needs them: most texts need one of the three.

    Args:
        names: names and aliases as a person writes them. One without a letter or digit never matches.
        everyday: which of them are everyday words or phrases too, one for each name, and only found
            where the text speaks for who or what is called so (:mod:`kinds`); empty: none is.
        kind: what they name.
        aspects: what each names more closely, such as ``style``; empty: nobody says.
    """

    def __init__(
        self,
        names: Sequence[str],
        everyday: Sequence[bool] = (),
        kind: Kind = PERSON,
        aspects: Sequence[str] = (),
    ) -> None:
        self._names = tuple(names)
        self._everyday = tuple(everyday) or (False,) * len(self._names)
        self._kind = kind
        self._aspects = tuple(aspects) or ("",) * len(self._names)

    def find(self, text: str, misread: bool = False) -> list[NameMatch]:
        """Return where names stand in ``text``: each row and place once, by its strongest reading.

        Args:
            text: the text as it was.
            misread: also accept one wrong, missing or additional letter in long names; for text that
                was read from pixels.
        """
        best: dict[tuple[int, int, int], NameMatch] = {}
        for match in self._candidates(text, misread):
            key = (match.row, match.start, match.end)
            if key not in best or best[key].score < match.score:
                best[key] = match
        found = sorted(best.values(), key=lambda match: (match.start, match.end, match.row))
        judged = [self._is_judged(match, text) for match in found]
        return list(self._meant(text, found, judged, misread)) if any(judged) else found

    def pieces(self, text: str, cut: bool) -> list[tuple[int, int, str]]:
        """Return edits, in rising order, that join names whose words blanks part: ``Hep burn``, ``dis ney``.

        Args:
            text: a text.
            cut: its other words are in pieces, too. Else a name has to be long, and one of its pieces no word.
        """
        stream = Letters(text, View.FOLDED)
        found = []
        for spelling, first, last in self._folded.find(stream.letters):
            if last - first < (SHORT if cut else PIECED) or spelling.comma:
                continue
            gaps = {count: stream.between(first + count) for count in range(1, last - first)}
            broken = [count for count, gap in gaps.items() if gap and count not in spelling.breaks]
            if not broken or any(gaps[count] != " " for count in broken):
                continue
            start, end = stream.span(first, last)
            known = all(map(is_word, text[start:end].lower().split()))
            whole = stream.is_whole(first, last, compound=False)
            if whole and not (known and (not cut or last - first < PIECED)):
                places = [stream.span(first + count - 1, first + count)[1] for count in broken]
                found.append((start, -end, places))
        edits: list[tuple[int, int, str]] = []
        reach = 0
        for start, end, places in sorted(found):
            if start >= reach:
                edits += [(place, place + 1, "") for place in places]
                reach = -end
        return edits

    def _is_judged(self, match: NameMatch, text: str) -> bool:
        """Tell whether only the words around a match say whether it is meant."""
        row = match.row
        if self._everyday[row] or self._aspects[row] in self._kind.judged:
            return True
        name = self._names[row]
        short = self._kind.short_judged and len(name) < SHORT and not _NO_WORD.fullmatch(name)
        return short and not name.startswith(text[match.start : match.end])

    def _meant(
        self, text: str, found: list[NameMatch], judged: list[bool], misread: bool
    ) -> Iterator[NameMatch]:
        """Yield matches, those that are judged by what speaks for them."""
        words = self._kind.judge(text, misread)
        pairs = list(zip(found, judged, strict=True))
        sure = sorted({(one.start, one.end) for one, doubtful in pairs if not doubtful})
        others = sorted({(one.start, one.end) for one, doubtful in pairs if doubtful})
        inner = inside_longer((one.start, one.end) for one in found)
        for match, doubtful in pairs:
            span = (match.start, match.end)
            if not doubtful:
                yield match
            elif span not in inner:
                written = text[match.start : match.end]
                as_named = written.casefold() == self._names[match.row].casefold()
                mention = Mention(
                    *span,
                    _near(sure, span),
                    [one for one in _near(others, span) if one != span],
                    disguised=not (as_named or misread) and _is_disguised(written),
                    everyday=self._everyday[match.row] or len(written) < SHORT,
                    as_named=written == self._names[match.row],
                    aspect=self._aspects[match.row],
                )
                weight = words.evidence(mention)
                if weight:
                    yield replace(match, score=round(match.score * weight, 3), judged=True)

    @functools.cached_property
    def _folded(self) -> Automaton:
        rows = enumerate(zip(self._names, self._everyday, strict=True))
        reorder = self._kind.reorder
        return Automaton(
            [s for row, (name, word) in rows for s in spell(row, name, reorder and not word)]
        )

    @functools.cached_property
    def _leet(self) -> Automaton:
        return Automaton([s for row, name in enumerate(self._names) for s in spell_leet(row, name)])

    @functools.cached_property
    def _paired(self) -> Automaton:
        rows = enumerate(self._names)
        return Automaton([s for row, name in rows for s in spell_paired(row, name)])

    @functools.cached_property
    def _marks(self) -> Wordmarks:
        return Wordmarks([one for one in self._folded.spellings if not self._everyday[one.row]])

    @functools.cached_property
    def _halves(self) -> Halves:
        return Halves([*self._leet.spellings, *self._paired.spellings])

    def _candidates(self, text: str, misread: bool) -> Iterator[NameMatch]:
        stream = Letters(text, View.FOLDED)
        # Between look-alikes of letters that are signs, such as the × of "Ava × Ben", PLAIN has edges.
        streams = [stream] if text.isascii() else [stream, Letters(text, View.PLAIN)]
        for one in streams:
            for spelling, first, last in self._folded.find(one.letters):
                yield from self._judged(one, spelling, first, last, LOOKALIKE)
        signs = "I" in text or not LEET_KEYS.isdisjoint(stream.source.text)
        pairs = "rn" in stream.letters or "vv" in stream.letters
        slips = misread or self._kind.misspelt
        if signs or pairs or slips:
            leet = Letters(text, View.LEET)
            yield from self._leetspeak(leet, stream, self._leet)
            if pairs:
                yield from self._leetspeak(leet, stream, self._paired)
            if slips:
                yield from self._misread(leet, misread)
        if misread and self._kind.wordmarks:
            yield from self._wordmarks(stream)

    def _leetspeak(
        self, stream: Letters, folded: Letters, automaton: Automaton
    ) -> Iterator[NameMatch]:
        for spelling, first, last in automaton.find(stream.letters):
            places = stream.places[first:last]
            found = [folded.source.text[place] for place in places]
            written = [stream.original(place) for place in places]
            letters = sum(one.isalpha() for one in found)
            stands = all(map(_may_stand_for, found, spelling.folded, written))
            enough = 3 * letters >= len(found)  # or else 1154 is Lisa
            if len(found) < FEW_LETTERS:  # or else 48ba is ABBA, and "1 in a" is Li Na
                enough = 2 * letters > len(found) and places[-1] - places[0] < len(found)
            if stands and enough:
                yield from self._judged(stream, spelling, first, last, LEETSPEAK)

    def _misread(self, stream: Letters, misread: bool) -> Iterator[NameMatch]:
        for spelling, first, last in self._halves.find(stream.letters):
            near = frozenset(b + shift for b in spelling.breaks for shift in (-1, 0, 1))
            if stream.spelled_out(first, last, near) is not False:
                continue
            if not (misread or _shows_words(stream, spelling, first, last)):
                continue
            if self._kind.misspelt and are_common(_written_words(stream, first, last)):
                continue
            yield from self._whole(stream, spelling, first, last, MISREAD)

    def _judged(
        self, stream: Letters, spelling: Spelling, first: int, last: int, score: float
    ) -> Iterator[NameMatch]:
        spelled_out = stream.spelled_out(first, last, spelling.breaks)
        broken = spelled_out or score == LEETSPEAK
        if broken and self._kind.misspelt and _is_plain(stream, first, last):
            return  # "and/or" is no *Andor*, ASIAN no *Aslan*.
        if spelling.comma and "," not in stream.between(first + spelling.comma):
            return
        if spelled_out is not None:
            score = (
                EXACT if score == LOOKALIKE and _is_exact(stream, spelling, first, last) else score
            )
            score = min(score, LEETSPEAK) if spelled_out or spelling.comma else score
            yield from self._whole(stream, spelling, first, last, score)

    def _whole(
        self, stream: Letters, spelling: Spelling, first: int, last: int, score: float
    ) -> Iterator[NameMatch]:
        """Yield the match if it is a whole name, and not a short or foreign word that is like one."""
        name = self._names[spelling.row]
        single = len(name.split()) == 1
        if not self._stands_apart(stream, spelling, first, last, single):
            return
        start, end = stream.span(first, last)
        written = normalise(stream.text[start:end], View.CASED).text
        if not single and len(spelling.letters) < self._kind.joined and _runs_on(written):
            return
        if self._kind.compound(stream.text, start, end):
            return
        if spelling.letters.isdigit() and written != normalise(name, View.CASED).text:
            return  # 9/11 is no *911*.
        if _is_initials(spelling) and _has_lower_word(written):
            return  # S.H.I.E.L.D. is no shield.
        if single and is_latin(name):
            if len(spelling.letters) < SHORT and not self._is_short_name(written, name):
                return
            if score < EXACT and is_honest_word(written):
                return
        yield NameMatch(spelling.row, start, end, score)

    def _stands_apart(
        self, stream: Letters, spelling: Spelling, first: int, last: int, single: bool
    ) -> bool:
        """Tell whether the letters begin and end where words do, a plural's *s* left aside."""
        if stream.is_whole(first, last, compound=not single):
            return True
        plural = self._kind.plural and not self._everyday[spelling.row]
        start, end = stream.span(first, last)
        if self._names[spelling.row].isupper() and not stream.text[start:end].isupper():
            return False  # *Atlas* is not several of ATLA.
        ending = stream.letters[last : last + 1] == "s" and not stream.between(last)
        long = len(spelling.letters) >= SHORT and spelling.letters[-1] != "s"
        return plural and ending and long and stream.is_whole(first, last + 1, compound=not single)

    def _is_short_name(self, written: str, name: str) -> bool:
        """Tell whether a word of few letters may be the name: in its case, or where words around it tell."""
        named = normalise(name, View.CASED).text
        if written == named or ("&" in named and _SPACED.sub("&", written) == named):
            return True  # "H & M" is H&M.
        if not self._kind.short_judged:
            return False
        return written.casefold() in (named.casefold(), named.casefold().rstrip(".!?+"))

    def _wordmarks(self, stream: Letters) -> Iterator[NameMatch]:
        for row, first, last, score in self._marks.find(stream):
            yield NameMatch(row, *stream.span(first, last), score)


def _is_initials(spelling: Spelling) -> bool:
    return 1 < len(spelling.letters) == len(spelling.breaks) + 1


def _written_words(stream: Letters, first: int, last: int) -> list[str]:
    """Return the words in which the letters ``first`` … ``last`` - 1 are written, in FOLDED."""
    start, end = stream.span(first, last)
    written = normalise(stream.text[start:end], View.FOLDED).text
    return "".join(one if in_word(one) else " " for one in written).split()


def _has_lower_word(written: str) -> bool:
    words = re.split(r"[^\w]+", written)
    return any(len(one) > 1 and not one.isupper() for one in words)


def _is_plain(stream: Letters, first: int, last: int) -> bool:
    """Tell whether common words stand there in plain letters: nothing that somebody would do to hide a name."""
    start, end = stream.span(first, last)
    written = stream.text[start:end]
    words = _written_words(stream, first, last)
    plain = written.isascii() and LEET_KEYS.isdisjoint(written)
    return plain and any(len(one) > 1 for one in words) and are_common(words)


def _shows_words(stream: Letters, spelling: Spelling, first: int, last: int) -> bool:
    """Tell whether what was typed is a name of several words, in words, with letters enough in long ones.

    *Impossible* is one slip from *Kim Possible*, *the local* from *The Incal*, *chameleon* from *Charmeleon*.
    """
    if not spelling.breaks:
        return False
    edges = (0, *sorted(spelling.breaks), len(spelling.letters))
    if len(edges) == 3 and _ARTICLE.fullmatch(spelling.letters[: edges[1]]):
        return False
    words = [right - left for left, right in itertools.pairwise(edges)]
    start, end = stream.span(first, last)
    return sum(size for size in words if size > SHORT - 1) >= MISREAD_LETTERS and not _runs_on(
        stream.text[start:end]
    )


def _is_exact(stream: Letters, spelling: Spelling, first: int, last: int) -> bool:
    """Tell whether the letters are those of the name but for case."""
    start, end = stream.span(first, last)
    written = stream.text[start:end]
    if written.isascii():
        return spelling.plain == spelling.letters
    plain = normalise(written, View.PLAIN).text
    return spelling.plain == "".join(filter(in_word, plain))


def _is_disguised(written: str) -> bool:
    """Tell whether somebody hid the name: signs for letters, hidden characters, letters apart."""
    words = [one for one in re.split(r"[^\w]+", written) if one]
    return bool(disguises(written)) or (len(words) > 2 and all(len(one) == 1 for one in words))


def _runs_on(written: str) -> bool:
    """Tell whether all is one word that shows nothing of the words it may be made of."""
    camel = any(a.islower() and b.isupper() for a, b in itertools.pairwise(written))
    return not camel and all(map(in_word, written)) and is_latin(written)


def _near(names: Sequence[tuple[int, int]], span: tuple[int, int]) -> Sequence[tuple[int, int]]:
    """Return those of ``names``, sorted, that may say something about ``span``: a text has thousands."""
    first = bisect.bisect_left(names, (span[0] - NEAR, 0)) - 3
    last = bisect.bisect_left(names, (span[1] + NEAR, 0)) + 3
    return names[max(first, 0) : last]


def inside_longer(spans: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return those of ``spans``, as (start, end), that lie within a longer one of them."""
    inner: set[tuple[int, int]] = set()
    reach = -1
    for start, end in sorted(set(spans), key=lambda span: (span[0], -span[1])):
        if end <= reach:
            inner.add((start, end))
        reach = max(reach, end)
    return inner


def _may_stand_for(found: str, wanted: str, written: str) -> bool:
    """Tell whether a character may stand for a letter; ``i`` and ``l`` are one in the LEET view.

    Args:
        found: the character in FOLDED.
        wanted: the letter of the name in FOLDED.
        written: the character in the original.
    """
    return found == wanted or wanted in LEET.get(found, "") or (wanted == "l" and written == "I")


def disguises(written: str) -> str:
    """Say in words how a name was disguised, such as ``2 look-alike letters, 1 hidden character``.

    Args:
        written: what stands in the original where a name was found; empty where nothing is disguised.
    """
    plain = normalise(written, View.PLAIN)
    seen = {i for ends in zip(plain.offsets, plain.ends, strict=True) for i in range(*ends)}
    alike = sum(
        normalise(one, View.PLAIN).text != normalise(one, View.FOLDED).text for one in written
    )
    hidden = sum(i not in seen or one in IGNORABLE for i, one in enumerate(written))
    signs = sum(one in LEET for one in plain.text)
    counts = (
        (alike, "look-alike letter", "look-alike letters"),
        (hidden, "hidden character", "hidden characters"),
        (signs, "sign for a letter", "signs for letters"),
    )
    return ", ".join(
        f"{count} {one if count == 1 else many}" for count, one, many in counts if count
    )
